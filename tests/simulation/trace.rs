//! What happened, in words: only while somebody reads it.

use entente::{names::Party, session::Message, store::Write};

/// Lines of a story, if they are wanted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    pub(crate) lines: Option<Vec<String>>,
}

impl Trace {
    pub(crate) const fn told() -> Self {
        Self { lines: Some(Vec::new()) }
    }

    pub(crate) fn say(&mut self, line: impl FnOnce() -> String) {
        if let Some(lines) = &mut self.lines {
            lines.push(line());
        }
    }
}

pub(crate) fn message(message: &Message) -> String {
    match message {
        Message::Hello(one) => {
            let size =
                |note: &Option<String>| note.as_ref().map_or("-", |note| line(note)).to_owned();
            format!(
                "hello: {}passed, own {} (cosigned {}), mirror {} (cosigned {})",
                if one.passed { "" } else { "not " },
                line(&one.own),
                size(&one.own_cosigned),
                size(&one.mirror),
                size(&one.mirror_cosigned),
            )
        }
        Message::Entries(one) => {
            format!("{} entries of {} from {}", one.entries.len(), one.log, one.start)
        }
        Message::Checkpoint(one) => format!("checkpoint {}", line(&one.note)),
        Message::Cosignature(one) => format!("cosignature {}", line(&one.note)),
        Message::Want(one) => format!("want from {} to {}", one.from, one.to),
        Message::Problem(one) => format!("problem: {}", one.code),
        Message::Ping(_) => "ping".to_owned(),
        Message::Bye(one) => format!("bye: {}", one.reason),
    }
}

/// The size in a note.
fn line(note: &str) -> &str {
    note.lines().nth(1).unwrap_or("?")
}

pub(crate) fn writes(writes: &[Write]) -> String {
    let words: Vec<String> = writes.iter().map(write).collect();
    words.join(", ")
}

fn write(write: &Write) -> String {
    let log = |party: &Party| party.code();
    match write {
        Write::Entry { log: of, position, .. } => format!("{}:{position}", log(of)),
        Write::Checkpoint { log: of, size, .. } => format!("checkpoint {}/{size}", log(of)),
        Write::Cosignature { log: of, size, .. } => format!("cosignature {}/{size}", log(of)),
        Write::Submission { .. } => "submission".to_owned(),
        Write::Queue { .. } => "queued".to_owned(),
        Write::Dequeue { .. } => "dequeued".to_owned(),
        Write::TermSeen(term) => format!("term {term}"),
    }
}
