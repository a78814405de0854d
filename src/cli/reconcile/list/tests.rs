use super::{lines::LINE_BYTES_MAX, split::FIELDS_MAX, *};

fn columns() -> Columns {
    let of = |name: &str| name.to_owned();
    Columns {
        reference: of("reference"),
        event: of("event"),
        date: of("date"),
        persons: of("persons"),
        person: None,
        delimiter: b',',
        events: vec![(Kind::Departure, of("left")), (Kind::Admission, of("came"))],
    }
}

/// What a list says, line by line; the first thing that is wrong with it as a whole.
fn read(
    text: &[u8],
    form: Form,
    columns: Columns,
) -> Result<Vec<Result<Listed, BadLine>>, BadLine> {
    let mut list = List::begin(text, form, columns).unwrap()?;
    let lines = std::iter::from_fn(|| list.next().unwrap());
    Ok(lines.map(|line| line.map(|(listed, _)| listed)).collect())
}

fn good(line: u64, reference: &str, event: Kind, date: &str, persons: u16) -> Listed {
    let (reference, date) = (reference.parse().unwrap(), date.parse().unwrap());
    Listed { line, reference, event, date, persons: Persons(persons) }
}

const HEAD: &str = "reference,event,date,persons\n";

#[test]
fn both_forms_are_read() {
    let wanted = [
        Ok(good(2, "GB04-1", Kind::Departure, "2025-09-01", 3)),
        Ok(good(4, "GB15-2", Kind::Admission, "2025-09-02", 1)),
    ];
    let csv = format!("{HEAD}GB04-1,left,2025-09-01,3\n\nGB15-2, came ,2025-09-02,1");
    assert_eq!(read(csv.as_bytes(), Form::Csv, columns()).unwrap(), wanted);
    // As a spreadsheet writes it: its own columns and order, quotes, a mark of byte order.
    let sheet = "\u{feff}Who;persons;What;note;Day\r\n\"GB04-1\";3;left;\"a;\"\"b\";2025-09-01\r\n\
                 \r\nGB15-2;1;came;;2025-09-02\r\n";
    let mapped = Columns {
        reference: "Who".to_owned(),
        event: "What".to_owned(),
        date: "Day".to_owned(),
        delimiter: b';',
        ..columns()
    };
    assert_eq!(read(sheet.as_bytes(), Form::Csv, mapped).unwrap(), wanted);
    let first = r#"{"reference":"GB04-1","event":"left","date":"2025-09-01","persons":3}"#;
    let second =
        r#"{"persons":"1","x":null,"event":"came","date":"2025-09-02","reference":"GB15-2"}"#;
    let json = format!("\n{first}\n\n{second}");
    assert_eq!(read(json.as_bytes(), Form::Ndjson, columns()).unwrap(), wanted);
}

#[test]
fn a_bad_line_is_refused_with_its_number_and_field_and_the_others_are_read() {
    let long = format!("GB04-1,left,2025-09-01,{}", "3".repeat(LINE_BYTES_MAX));
    let wide = ",".repeat(FIELDS_MAX);
    let cases: [(&str, &str); 15] = [
        ("GB04,left,2025-09-01,3", "reference: is no case reference, as in GB01-000123"),
        ("DE04-1,left,2025-09-01,3", "reference: "),
        ("GB04-1,gone,2025-09-01,3", "event: is none of left, came"),
        ("GB04-1,left,01.09.2025,3", "date: is no day, as in 2025-11-05"),
        ("GB04-1,left,2025-02-30,3", "date: "),
        ("GB04-1,left,2025-09-01,0", "persons: is no number of persons"),
        ("GB04-1,left,2025-09-01,-1", "persons: "),
        ("GB04-1,left,2025-09-01,70000", "persons: "),
        ("GB04-1,left,2025-09-01,2.0", "persons: "),
        ("GB04-1,left,2025-09-01", "has 3 fields, and the head has 4"),
        ("\"GB04-1,left,2025-09-01,3", "has 1 field, and the head has 4"),
        ("GB04-1,left,2025-09-01,3,", "has 5 fields, and the head has 4"),
        ("GB04-1,left,2025-09-01,", "persons: is no number"),
        (&long, "is longer than 65536 bytes"),
        (&wide, "has more than 256 fields"),
    ];
    for (bad, wanted) in cases {
        let text = format!("{HEAD}{bad}\nGB15-2,came,2025-09-02,1\n");
        let found = read(text.as_bytes(), Form::Csv, columns()).unwrap();
        let [Err(refused), Ok(next)] = &found[..] else { panic!("{bad}: {found:?}") };
        assert!(refused.line == 2 && refused.what.starts_with(wanted), "{bad}: {refused}");
        assert!(!refused.advice.is_empty());
        assert_eq!(next.line, 3);
    }
}

#[test]
fn a_bad_object_is_refused_with_its_number_and_field() {
    let line = |reference: &str, persons: &str| {
        format!(r#"{{{reference}"event":"left","date":"2025-09-01","persons":{persons}}}"#)
    };
    let known = r#""reference":"GB04-1","#;
    let cases = [
        (r#"{"reference":"GB04-1""#.to_owned(), "is no JSON object"),
        ("[1]".to_owned(), "is no JSON object"),
        ("{} {}".to_owned(), "is no JSON object"),
        (line("", "3"), "reference: is missing"),
        (line(r#""reference":[1],"#, "3"), "reference: is no text"),
        (line(known, "true"), "persons: is no"),
        (line(known, "1.5"), "persons: is no number of persons"),
        (line(&known.repeat(2), "3"), "reference: stands in the line twice"),
        (line(&format!(r#"{known}"x":1,"y":1,"x":null,"#), "3"), "a name that is no column stands"),
    ];
    for (bad, wanted) in cases {
        let found = read(bad.as_bytes(), Form::Ndjson, columns()).unwrap();
        let [Err(refused)] = &found[..] else { panic!("{bad}: {found:?}") };
        assert!(refused.line == 1 && refused.what.starts_with(wanted), "{bad}: {refused}");
    }
    let latin = b"{\"reference\":\"\xe9\"}";
    let found = read(latin, Form::Ndjson, columns()).unwrap();
    assert!(
        matches!(&found[..], [Err(refused)] if refused.what == "byte 14: is no UTF-8"),
        "{found:?}"
    );
}

#[test]
fn a_head_that_lacks_a_column_refuses_the_whole_list() {
    for (head, wanted) in [
        ("", "the file is empty"),
        ("reference,event,date\n", "no column is called \"persons\""),
        ("reference;event;date;persons\n", "no column is called \"reference\""),
        ("reference,event,date,persons,date\n", "two columns are called \"date\""),
    ] {
        let refused = read(head.as_bytes(), Form::Csv, columns()).unwrap_err();
        assert_eq!((refused.line, refused.what.as_str()), (1, wanted));
    }
}

#[test]
fn of_a_person_only_a_mark_is_read() {
    let asked = Columns { person: Some("who".to_owned()), ..columns() };
    let csv = "reference,event,date,persons,who\nGB04-1,left,2025-09-01,1,ALIEN 1\n\
               GB04-2,left,2025-09-02,1, ALIEN 1 \nGB04-3,left,2025-09-02,1,\n";
    let object = |reference: &str, day: u8, who: &str| {
        let date = format!("2025-09-0{day}");
        format!(r#"{{"reference":"{reference}","event":"left","date":"{date}","persons":1{who}}}"#)
    };
    let [one, two, three] = [
        object("GB04-1", 1, r#","who":"ALIEN 1""#),
        object("GB04-2", 2, r#","who":"ALIEN 1 ""#),
        object("GB04-3", 2, ""),
    ];
    let json = &format!("{one}\n{two}\n{three}");
    for (text, form) in [(csv, Form::Csv), (json, Form::Ndjson)] {
        let mut list = List::begin(text.as_bytes(), form, asked.clone()).unwrap().unwrap();
        let marks: Vec<Option<PersonMark>> =
            std::iter::from_fn(|| list.next().unwrap()).map(|line| line.unwrap().1).collect();
        let mark = Some(PersonMark::of("ALIEN 1"));
        assert!(marks == [mark, mark, None], "the same, whatever stands round it");
    }
    // Whoever does not ask gets none, and a list without the column says so.
    let mut list = List::begin(csv.as_bytes(), Form::Csv, columns()).unwrap().unwrap();
    assert!(list.next().unwrap().unwrap().unwrap().1.is_none());
    let refused = read(HEAD.as_bytes(), Form::Csv, asked.clone()).unwrap_err();
    assert_eq!(refused.what, "no column is called \"who\"");
    let bad = r#"{"reference":"GB04-1","event":"x","date":"2","persons":0,"who":["SECRET"]}"#;
    let found = read(bad.as_bytes(), Form::Ndjson, asked).unwrap();
    let [Err(refused)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(refused.what, "who: is no text or number", "and what it is is not told");
}

/// A line in both forms; the first names are those of the columns.
fn both_forms(cells: &[(&str, String)]) -> [(String, Form); 2] {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let heads: Vec<&str> = cells.iter().map(|(head, _)| *head).collect();
    let texts: Vec<&str> = cells.iter().map(|(_, text)| text.as_str()).collect();
    let csv = format!("{}\n{}\n", heads.join(","), texts.join(","));
    let pairs: Vec<String> =
        cells.iter().map(|(head, text)| format!("{}:{}", quoted(head), quoted(text))).collect();
    [(csv, Form::Csv), (format!("{{{}}}\n", pairs.join(",")), Form::Ndjson)]
}

#[test]
fn no_cell_of_a_bad_line_is_told() {
    let good = [
        ("reference", "GB04-1"),
        ("event", "left"),
        ("date", "2025-09-01"),
        ("persons", "1"),
        ("who", "ALIEN 1"),
    ];
    let asked = Columns { person: Some("who".to_owned()), ..columns() };
    let check = |text: &str, form: Form, wanted: &str| {
        let found = read(text.as_bytes(), form, asked.clone()).unwrap();
        let [Err(refused)] = &found[..] else { panic!("{text}: {found:?}") };
        assert!(refused.what.starts_with(wanted), "{text}: {refused}");
        for told in [refused.to_string(), refused.advice.clone(), format!("{refused:?}")] {
            assert!(!told.contains("Zaphod") && !told.contains("ALIEN"), "{told}");
        }
    };
    for (at, name) in ["reference", "event", "date", "persons"].into_iter().enumerate() {
        let mut cells = good.map(|(head, text)| (head, text.to_owned()));
        cells[at].1 = "Zaphod Example".to_owned();
        for (text, form) in both_forms(&cells) {
            check(&text, form, &format!("{name}: is n"));
        }
        // As another thing than a text, and as a name.
        let [_, (json, form)] = both_forms(&good.map(|(head, text)| (head, text.to_owned())));
        let value = format!("\"{name}\":\"{}\"", good[at].1);
        for other in [r#"["Zaphod"]"#, r#"{"Zaphod":1}"#] {
            let text = json.replace(&value, &format!("\"{name}\":{other}"));
            check(&text, form, &format!("{name}: is no text or number"));
        }
        check(&json.replace(&value, "\"Zaphod\":1"), form, &format!("{name}: is missing"));
        let twice = format!("{value},\"Zaphod\":1,\"Zaphod\":2");
        check(&json.replace(&value, &twice), form, "a name that is no column");
        for broken in ["\"Zaphod\"", "\"Zaphod\\x\":1", "\"Zaphod\":ALIEN"] {
            check(&json.replace(&value, broken), form, "is no JSON object");
        }
    }
    // Each field a column further, and a name that holds a delimiter.
    let shifted = "reference,event,date,persons,who\nZaphod,GB04-1,left,2025-09-01,1\n";
    check(shifted, Form::Csv, "event: is none of");
    let wide = "reference,event,date,persons,who\nGB04-1,left,2025-09-01,1,Zaphod,Example\n";
    check(wide, Form::Csv, "has 6 fields, and the head has 5");
    check("\"Zaphod Example\"", Form::Ndjson, "is no JSON object");
}
