//! Takes lines of CSV apart. A line is one record: none goes on in the next.

use super::{BadLine, bad};

/// Columns that a list may have.
pub(super) const FIELDS_MAX: usize = 256;

/// Its automaton is made once: that takes longer than a line does.
pub(super) struct Splitter {
    core: csv_core::Reader,
    output: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    pub(super) fn new(delimiter: u8) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self { core, output: Vec::new(), ends: vec![0; FIELDS_MAX] }
    }

    pub(super) fn split(&mut self, line: u64, text: &str) -> Result<Vec<String>, BadLine> {
        self.core.reset();
        // No field is longer than what it was read from.
        self.output.resize(text.len(), 0);
        let (mut input, mut written, mut ended) = (text.as_bytes(), 0_usize, 0_usize);
        loop {
            let output = self.output.get_mut(written..).unwrap_or_default();
            let ends = self.ends.get_mut(ended..).unwrap_or_default();
            let (result, read, wrote, found) = self.core.read_record(input, output, ends);
            written = written.saturating_add(wrote);
            ended = ended.saturating_add(found);
            input = input.get(read..).unwrap_or_default();
            match result {
                csv_core::ReadRecordResult::Record | csv_core::ReadRecordResult::End => break,
                // With nothing left, the next call ends the record.
                csv_core::ReadRecordResult::InputEmpty => {}
                csv_core::ReadRecordResult::OutputFull
                | csv_core::ReadRecordResult::OutputEndsFull => {
                    let what = format!("has more than {FIELDS_MAX} fields");
                    return Err(bad(line, what, "leave out the columns that nobody needs"));
                }
            }
        }
        let mut start = 0;
        let fields = self.ends.iter().take(ended).map(|end| {
            let field = self.output.get(start..*end).unwrap_or_default();
            start = *end;
            String::from_utf8_lossy(field).into_owned()
        });
        Ok(fields.collect())
    }
}
