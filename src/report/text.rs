//! Text that may come from outside, made harmless for whoever reads it.

/// The text without anything that moves a cursor, sets a colour or turns the writing round.
#[must_use]
pub fn plain(text: &str) -> String {
    let turns = |sign| matches!(sign, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}');
    let isolates = |sign| matches!(sign, '\u{2066}'..='\u{2069}');
    let moves = |sign: char| sign.is_control() && sign != '\n' || turns(sign) || isolates(sign);
    let mut safe = String::with_capacity(text.len());
    for sign in text.chars() {
        if moves(sign) {
            safe.extend(sign.escape_unicode());
        } else {
            safe.push(sign);
        }
    }
    safe
}

/// The same as text of an HTML page or an attribute in quotes.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for sign in plain(text).chars() {
        match sign {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(sign),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_write_a_screen_anew_is_made_visible() {
        for (text, shown) in [
            ("Dun Laoghaire, Łódź\nnext", "Dun Laoghaire, Łódź\nnext"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("a\rb\tc\u{7f}\u{9b}", "a\\u{d}b\\u{9}c\\u{7f}\\u{9b}"),
            ("\u{202e}turned", "\\u{202e}turned"),
        ] {
            assert_eq!(plain(text), shown);
        }
    }

    #[test]
    fn what_would_be_markup_is_text() {
        let bad = "<b title=\"x\" id='y'>&amp;\u{202e}";
        let safe = "&lt;b title=&quot;x&quot; id=&#39;y&#39;&gt;&amp;amp;\\u{202e}";
        assert_eq!(escaped(bad), safe);
    }
}
