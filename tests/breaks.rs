//! `docs/BREAKS.md` is written from the classes of the source: what each is, how grave, how it is
//! found, who acts, what to do, and what it comes from.
//!
//! `WRITE_BREAKS=1` writes the page anew instead of comparing it.

use std::collections::{BTreeMap, BTreeSet};

use entente::ledger::{Guide, Severity};
use entente::reconcile::LocalClass;
use entente::record::BreakClass;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/BREAKS.md");

const HEAD: &str = "\
# Breaks

This page is written from the classes of the source by `tests/breaks.rs`:

```
WRITE_BREAKS=1 cargo test --locked --test breaks
```

A break is a named discrepancy. `entente break list` has those that are open, `entente break show`
one of them in full: the records of each side that show it, its history, and records that may belong
together. Such matches are offered; nothing is ever applied. A break clears by itself when records
put it right, and in no other way but one: both sides decide it alike, each decision signed by
`entente break resolve` and approved by an officer with `entente approve`.

";

const SEVERITIES: &str = "
Ages are 0-2, 3-5, 6-30, 31-60 and over 60 days: at first a break is watched, then it has an owner,
then it is escalated, reported to management, and laid before the joint committee.

";

const OWN: &str = "
## Of one side's own

What one side alone sees, or whoever holds two stores or a list of a case-working system against the
logs. No statement counts these breaks and no decision closes them: they clear when what shows them
is put right. Their identity is SHA-256 of the CBOR of
`[\"entente local break v1\", class, evidence]`, the same from run to run and on both sides.

";

/// What is not found yet, whether it stands in a table or not, and why.
const NOT_YET: [(&str, &str); 2] = [
    (
        "retention-overdue",
        "Nothing personal is stored yet: there is no vault, and the provisions have no retention \
         terms.",
    ),
    (
        "read-without-purpose",
        "Nothing personal is stored yet: there is no vault that anybody could read.",
    ),
];

const NOT_YET_HEAD: &str = "
## Not found yet

Of these nothing is ever reported, whatever the logs hold: that none is open says nothing.

| class | why |
|---|---|
";

fn not_yet() -> String {
    let row = |(class, why): &(&str, &str)| format!("| {class} | {why} |\n");
    NOT_YET.iter().fold(NOT_YET_HEAD.to_owned(), |page, one| page + &row(one))
}

fn table(rows: impl Iterator<Item = (&'static str, Guide)>) -> String {
    let head = "| class | severity | how it is found | who acts | what to do | source |\n\
                |---|---|---|---|---|---|\n";
    let row = |(class, guide): (&str, Guide)| {
        let Guide { severity, acts, found, advice, source } = guide;
        format!("| {class} | {severity} | {found} | {acts} | {advice} | {source} |\n")
    };
    rows.fold(head.to_owned(), |page, one| page + &row(one))
}

fn written() -> String {
    let meanings: BTreeMap<Severity, &str> = BTreeMap::from([
        (Severity::Information, "nothing is wrong: a state to know of"),
        (Severity::Minor, "a rule of procedure was broken, and no figure depends on it"),
        (Severity::Major, "what counts is at stake, or what happens to people"),
        (Severity::Critical, "the evidence itself is in doubt"),
    ]);
    assert_eq!(meanings.len(), Severity::ALL.len(), "each severity is told");
    let severities = meanings.iter().fold(
        "| severity | what hangs on it |\n|---|---|\n".to_owned(),
        |page, (severity, meaning)| page + &format!("| {severity} | {meaning} |\n"),
    );
    let logs = BreakClass::ALL.iter().map(|class| (class.name(), class.guide()));
    let own = LocalClass::ALL.iter().map(|class| (class.name(), class.guide()));
    format!(
        "{HEAD}{severities}{SEVERITIES}## That both logs decide\n\n\
         Both sides find the same, word for word. Section 13 of [PROTOCOL.md](PROTOCOL.md) says of \
         each\nwhen it begins, which records are its evidence, and what else closes it.\n\n\
         {}{OWN}{}{}",
        table(logs),
        table(own),
        not_yet(),
    )
}

#[test]
fn the_page_is_what_the_classes_say() {
    #[expect(clippy::disallowed_methods, reason = "a test that writes only when it is told to")]
    let write = std::env::var_os("WRITE_BREAKS").is_some();
    if write {
        std::fs::write(PAGE, written()).unwrap();
    }
    let page = std::fs::read_to_string(PAGE).unwrap();
    assert!(
        page == written(),
        "docs/BREAKS.md is not what the classes say: write it anew with \
         WRITE_BREAKS=1 cargo test --test breaks"
    );
}

#[test]
fn no_class_of_the_logs_is_called_as_one_of_a_sides_own() {
    for own in LocalClass::ALL {
        let same = BreakClass::ALL.iter().find(|class| class.name() == own.name());
        assert_eq!(same, None, "{own}");
    }
}

/// Whoever builds one of them has to take its row out.
#[test]
fn what_is_not_found_yet_is_no_class() {
    let known: BTreeSet<&str> = BreakClass::ALL
        .iter()
        .map(|class| class.name())
        .chain(LocalClass::ALL.iter().map(|class| class.name()))
        .collect();
    let in_tables: Vec<&str> =
        NOT_YET.iter().map(|(class, _)| *class).filter(|class| known.contains(class)).collect();
    assert_eq!(in_tables, [""; 0]);
}

#[test]
fn no_cell_breaks_the_table() {
    let guides = BreakClass::ALL.iter().map(|class| class.guide());
    for guide in guides.chain(LocalClass::ALL.iter().map(|class| class.guide())) {
        for text in [guide.acts, guide.found, guide.advice, guide.source] {
            assert!(!text.is_empty() && !text.contains(['|', '\n']), "{text:?}");
        }
    }
    for (class, why) in NOT_YET {
        assert!(why.ends_with('.') && !why.contains(['|', '\n']), "{class}");
    }
}
