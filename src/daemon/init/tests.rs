//! A founding on a real disk, and every place where a power cut may stop it.

use std::os::unix::fs::PermissionsExt;

use super::*;
use crate::{
    daemon::{keys::NewKeys, scribe::Gate},
    envelope::Algorithm,
    store::{
        Store,
        failpoint::{How, arm, disarm},
    },
    tlog::Checkpoint,
};

const TERMS: &str = concat!(
    "title = \"Rehearsal\"\nclock_bound_seconds = 30\nrehearsal = true\n\n",
    include_str!("../../../docs/examples/provisions.toml"),
    "\n",
);

/// The British side, ready to be founded.
struct Site {
    folder: tempfile::TempDir,
    config: Config,
}

impl Site {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut terms = TERMS.to_owned();
        for party in Party::BOTH {
            let letters = party.code().to_lowercase();
            let keys = NewKeys {
                party,
                directory: &at(&letters),
                not_before: "2025-08-06T00:00:00Z".parse().unwrap(),
                not_after: "2027-08-05T23:59:59Z".parse().unwrap(),
                dns_name: &format!("exchange.{letters}.example"),
                origin: &format!("exchange.example/{letters}/log"),
                algorithm: Algorithm::Ed25519,
            };
            terms.push_str(&keys.create().unwrap().text);
        }
        fs::write(at("agreement.toml"), terms).unwrap();
        fs::write(at("clock"), "1762353000\n").unwrap();
        fs::create_dir(at("mark")).unwrap();
        let agreement = crate::daemon::agreement::load(&at("agreement.toml"), None).unwrap();
        let text = format!(
            "party = \"GBR\"\n\
             agreement = {{ file = \"agreement.toml\", digest = \"{}\" }}\n\
             state = {{ directory = \"state\", mark = \"mark/mark\" }}\n\
             keys = {{ directory = \"gbr\" }}\n\
             tls = {{ peer_ca = \"fra/ca-cert.pem\" }}\n\
             link = {{ listen = \"127.0.0.1:7443\", peer_name = \"exchange.fra.example\" }}\n\
             rehearsal = {{ clock = \"clock\" }}\n",
            agreement.digest(),
        );
        fs::write(at("entente.toml"), text).unwrap();
        let config = Config::load(&at("entente.toml")).unwrap();
        Self { folder, config }
    }

    fn assembly(&self) -> Assembly {
        Assembly::of(&self.config).unwrap()
    }

    fn draft(&self) -> PathBuf {
        self.config.state.directory.join(DRAFT_FILE)
    }

    /// Stops where the draft is founded and the mark is written.
    fn founds_a_draft(&self) -> SignedCheckpoint {
        claim(&self.config.state.directory).unwrap();
        found_draft(&self.config, self.assembly(), &self.draft(), &[]).unwrap();
        founded(&self.config, &self.assembly().seat, &self.draft()).unwrap().unwrap()
    }

    fn turns_the_clock(&self) {
        fs::write(self.folder.path().join("clock"), "1762353999\n").unwrap();
    }

    fn refused(&self) -> InitFault {
        let mut faults = init(&self.config).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.pop().unwrap()
    }

    fn names(&self) -> Vec<String> {
        let all = fs::read_dir(&self.config.state.directory).unwrap();
        let mut names: Vec<_> =
            all.map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

#[test]
fn a_founded_log_lies_ready_for_the_daemon_and_may_sign_at_once() {
    let site = Site::new();
    let made = init(&site.config).unwrap();
    assert_eq!((made.party, made.size), (Party::Gbr, Size(1)));
    assert_eq!(made.origin, "exchange.example/gbr/log");
    assert_eq!(site.names(), ["entente.db", "entente.lock", "init.lock"]);
    let mode = fs::metadata(&site.config.state.directory).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);

    let Assembly { seat, keys, clock } = site.assembly();
    let store = SqliteStore::open(&made.store, store_options(&site.config)).unwrap();
    let mark = MarkFile::at(made.mark);
    let held = mark.read(&seat.agreement, seat.party).unwrap().unwrap();
    assert_eq!((held.own.checkpoint().root(), held.cosigned), (made.root, None));
    let mut scribe = Scribe::load(seat, store, keys, mark).unwrap();
    scribe.group(clock.read(), []).unwrap();
    assert_eq!(*scribe.gate(), Gate::Open);
}

#[test]
fn a_log_is_founded_once() {
    let site = Site::new();
    init(&site.config).unwrap();
    assert!(matches!(site.refused(), InitFault::StoreExists(_)));
    fs::remove_file(store_file(&site.config)).unwrap();
    assert!(matches!(site.refused(), InitFault::MarkExists(_)));
}

#[test]
fn what_was_not_founded_yet_is_swept() {
    let spoil: [fn(&Site); 4] = [
        |site| fs::write(site.draft(), "").unwrap(),
        |site| fs::write(site.draft(), "torn").unwrap(),
        |site| fs::write(beside(&site.draft(), "-wal"), "torn").unwrap(),
        |site| {
            let terms = crate::cbor::encode(site.assembly().seat.agreement.terms());
            let identity = Identity { party: Party::Gbr, terms };
            SqliteStore::create(&site.draft(), &identity, Options::default()).unwrap();
        },
    ];
    for spoil in spoil {
        let site = Site::new();
        claim(&site.config.state.directory).unwrap();
        spoil(&site);
        assert_eq!(init(&site.config).unwrap().size, Size(1));
        assert_eq!(site.names(), ["entente.db", "entente.lock", "init.lock"]);
    }
}

#[test]
fn a_founding_that_was_cut_off_is_finished_and_not_begun_again() {
    let spoil: [fn(&Site); 3] = [
        // Before the mark, with a torn one, and before the rename.
        |site| fs::remove_file(&site.config.state.mark).unwrap(),
        |site| fs::write(&site.config.state.mark, [0; 100]).unwrap(),
        |_| {},
    ];
    for spoil in spoil {
        let site = Site::new();
        let signed = site.founds_a_draft();
        spoil(&site);
        let found = fs::read(&site.config.state.mark).ok();
        // A second founding would be signed at another time, and have another root.
        site.turns_the_clock();
        let made = init(&site.config).unwrap();
        assert_eq!(made.root, signed.checkpoint().root());
        let seat = site.assembly().seat;
        let mark = MarkFile::at(made.mark).read(&seat.agreement, seat.party).unwrap();
        assert_eq!(mark, Some(Mark { own: signed, cosigned: None }));
        // Also the one that agrees: it may be in the system's cache alone.
        let written = fs::read(&site.config.state.mark).ok();
        assert!(written.is_some() && written != found, "the mark was not written");
        let store = SqliteStore::open_read_only(&made.store).unwrap();
        assert_eq!(store.size(Party::Gbr).unwrap(), Size(1));
    }
}

#[test]
fn a_mark_of_another_history_stops_everything() {
    let site = Site::new();
    let draft = site.founds_a_draft();
    let Assembly { seat, keys, .. } = site.assembly();
    let own = draft.checkpoint();
    let later = Checkpoint::new(own.origin().clone(), Size(2), own.root()).unwrap();
    let key = &seat.agreement.identity(Party::Gbr).log;
    let signature = keys.sign_checkpoint(&later.to_sign()).unwrap();
    let own = SignedCheckpoint::seal(later, key, &signature).unwrap();
    MarkFile::at(site.config.state.mark.clone()).write(&Mark { own, cosigned: None }).unwrap();
    assert!(matches!(site.refused(), InitFault::MarkExists(_)));
    assert!(!store_file(&site.config).exists() && site.draft().exists());

    // A draft that is none does not speak for a mark either.
    fs::write(site.draft(), "").unwrap();
    assert!(matches!(site.refused(), InitFault::MarkExists(_)));
}

/// The same side under terms that differ in one number, as after the agreement was mended.
fn under_other_terms(site: &mut Site) {
    let path = site.folder.path().join("agreement.toml");
    let terms = fs::read_to_string(&path).unwrap();
    let other = terms.replace("clock_bound_seconds = 30", "clock_bound_seconds = 31");
    assert_ne!(terms, other);
    fs::write(&path, other).unwrap();
    repin(site);
}

/// The other side, configured over the same state directory.
fn as_the_other_side(site: &mut Site) {
    let path = site.folder.path().join("entente.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("GBR", "FRA").replace("\"gbr\"", "\"other\"");
    let text = text.replace("fra/ca", "gbr/ca").replace("exchange.fra", "exchange.gbr");
    fs::write(&path, text.replace("\"other\"", "\"fra\"")).unwrap();
    site.config = Config::load(&path).unwrap();
}

fn repin(site: &mut Site) {
    let at = |name: &str| site.folder.path().join(name);
    let agreement = crate::daemon::agreement::load(&at("agreement.toml"), None).unwrap();
    let text = fs::read_to_string(at("entente.toml")).unwrap();
    let (before, rest) = text.split_once("digest = \"").unwrap();
    let (_, after) = rest.split_once('"').unwrap();
    let text = format!("{before}digest = \"{}\"{after}", agreement.digest());
    fs::write(at("entente.toml"), text).unwrap();
    site.config = Config::load(&at("entente.toml")).unwrap();
}

#[test]
fn a_founded_draft_of_another_identity_is_never_thrown_away() {
    let change: [fn(&mut Site); 2] = [under_other_terms, as_the_other_side];
    for change in change {
        let mut site = Site::new();
        let signed = site.founds_a_draft();
        fs::remove_file(&site.config.state.mark).unwrap();
        change(&mut site);
        let refused = site.refused();
        let of_gbr = matches!(refused, InitFault::AnotherDraft { party: Party::Gbr, .. });
        assert!(of_gbr, "{refused}");
        assert!(refused.is_of_operator() && !store_file(&site.config).exists());
        let held = SqliteStore::open_read_only(&site.draft()).unwrap();
        let note = held.newest_checkpoint(Party::Gbr).unwrap().unwrap();
        assert_eq!(note.size, signed.checkpoint().size());
    }
}

#[test]
fn a_draft_of_another_identity_that_was_not_founded_is_swept() {
    let site = Site::new();
    claim(&site.config.state.directory).unwrap();
    let identity = Identity { party: Party::Fra, terms: vec![0xa0] };
    SqliteStore::create(&site.draft(), &identity, Options::default()).unwrap();
    assert_eq!(init(&site.config).unwrap().size, Size(1));
}

/// Whoever made the directory may have been cut off before the one above it was synced.
#[test]
fn the_folder_above_is_synced_also_where_the_directory_is_there() {
    let site = Site::new();
    claim(&site.config.state.directory).unwrap();
    arm(Failpoint::InitDirectoryMade, 1, How::Fail);
    let refused = site.refused();
    assert!(!disarm() && matches!(refused, InitFault::Disk { .. }), "{refused}");
    init(&site.config).unwrap();
}

#[test]
fn two_foundings_at_a_time_do_not_meet() {
    let site = Site::new();
    claim(&site.config.state.directory).unwrap();
    let held = lock(&site.config.state.directory).unwrap();
    assert!(matches!(site.refused(), InitFault::Busy(_)));
    drop(held);
    init(&site.config).unwrap();
}

#[test]
fn what_the_disk_does_not_allow_is_named() {
    let mut site = Site::new();
    fs::remove_dir(site.folder.path().join("mark")).unwrap();
    assert!(matches!(site.refused(), InitFault::NoMarkFolder(_)));

    site = Site::new();
    site.config.state.directory = site.folder.path().join("not/there");
    assert!(matches!(site.refused(), InitFault::Disk { .. }));

    site = Site::new();
    fs::create_dir(&site.config.state.directory).unwrap();
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(&site.config.state.directory, open).unwrap();
    let refused = site.refused();
    assert!(matches!(refused, InitFault::Store(StoreError::Exposed { .. })), "{refused}");
    assert!(refused.is_of_operator());
}
