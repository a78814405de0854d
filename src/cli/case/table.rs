//! Columns of text that fit a terminal.

/// Text in lines of at most so many letters, broken between words where there are any.
pub(in crate::cli) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word: Vec<char> = word.chars().collect();
        let room = width.saturating_sub(line.chars().count()).saturating_sub(1);
        if !line.is_empty() && word.len() > room {
            lines.push(std::mem::take(&mut line));
        }
        // A word that fits no line is broken.
        while word.len() > width {
            let rest = word.split_off(width);
            lines.push(word.into_iter().collect());
            word = rest;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.extend(word);
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_between_words_and_long_words_within() {
        assert_eq!(wrapped("", 4), [""]);
        assert_eq!(wrapped("one two", 7), ["one two"]);
        assert_eq!(wrapped("one two", 6), ["one", "two"]);
        assert_eq!(wrapped("a lengthy word", 4), ["a", "leng", "thy", "word"]);
        assert_eq!(wrapped("é é é", 3), ["é é", "é"]);
        for width in 1..12 {
            let lines = wrapped("nothing of this is ever longer than its column", width);
            assert!(lines.iter().all(|line| line.chars().count() <= width), "{width}: {lines:?}");
        }
    }
}
