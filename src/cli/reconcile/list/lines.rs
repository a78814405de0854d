//! Lines of a file, one at a time, none of them longer than is read at once.

use std::io::{self, BufRead, BufReader, Read};

use super::{BadLine, bad};

/// Bytes that one line may have, with its end: a line of four fields has no more than a few dozen.
pub(super) const LINE_BYTES_MAX: usize = 64 * 1024;

/// Lines of bounded length, in UTF-8.
pub(super) struct Lines<R> {
    input: BufReader<R>,
    /// The line that was read last; the first has number 1.
    pub(super) line: u64,
    text: Vec<u8>,
}

impl<R: Read> Lines<R> {
    pub(super) fn of(input: R) -> Self {
        Self { input: BufReader::new(input), line: 0, text: Vec::new() }
    }

    /// The next line without its end; `None` at the end of the file. One that is too long is read
    /// over, and refused.
    pub(super) fn next(&mut self) -> io::Result<Option<Result<String, BadLine>>> {
        self.text.clear();
        let most = u64::try_from(LINE_BYTES_MAX).unwrap_or(u64::MAX);
        let read = self.input.by_ref().take(most).read_until(b'\n', &mut self.text)?;
        if read == 0 {
            return Ok(None);
        }
        self.line = self.line.saturating_add(1);
        if !self.text.ends_with(b"\n") && read == LINE_BYTES_MAX {
            self.skip()?;
            let what = format!("is longer than {LINE_BYTES_MAX} bytes");
            return Ok(Some(Err(bad(self.line, what, "correct the line ends of the list"))));
        }
        let text = self.text.strip_suffix(b"\n").unwrap_or(&self.text);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        // Some programs begin a text in UTF-8 with the mark of byte order.
        let text =
            if self.line == 1 { text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text) } else { text };
        let text = std::str::from_utf8(text).map(str::to_owned).map_err(|refused| {
            let what = format!("byte {}: is no UTF-8", refused.valid_up_to());
            bad(self.line, what, "save the list as UTF-8")
        });
        Ok(Some(text))
    }

    /// Reads over the rest of a line, a buffer at a time.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let count = end.map_or(buffer.len(), |end| end.saturating_add(1));
            self.input.consume(count);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}
