//! One commit, statement by statement. The transaction around them is the caller's.

use std::collections::{BTreeMap, btree_map};

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    names::{Hash, Party, Position, Size, SubmissionId},
    store::{
        StoreError, Write,
        rules::{check_entry, check_lengths, id_is_taken},
    },
    tlog::Node,
};

use super::reads;

/// Writes all of it, in order; stops at the first refusal.
pub(super) fn write_all(engine: &Connection, writes: &[Write]) -> Result<(), StoreError> {
    let mut sizes = BTreeMap::new();
    for write in writes {
        check_lengths(write)?;
        match write {
            Write::Entry { log, position, leaf, bytes, nodes } => {
                let size = match sizes.entry(*log) {
                    btree_map::Entry::Vacant(unknown) => unknown.insert(reads::size(engine, *log)?),
                    btree_map::Entry::Occupied(known) => known.into_mut(),
                };
                check_entry(*size, *position, nodes)?;
                add_entry(engine, *log, *position, leaf, bytes)?;
                add_nodes(engine, *log, nodes)?;
                *size = Size::through(*position);
            }
            Write::Checkpoint { log, size, note } => {
                let sql = "INSERT INTO checkpoint(log, size, note) VALUES (?1, ?2, ?3)
                           ON CONFLICT (log, size) DO NOTHING";
                let row = params![log.code(), size.0.to_be_bytes(), note];
                engine.prepare_cached(sql)?.execute(row)?;
            }
            Write::Cosignature { log, size, time, note } => {
                let sql = "INSERT INTO cosignature(log, size, time, note) VALUES (?1, ?2, ?3, ?4)
                           ON CONFLICT (log, size) DO NOTHING";
                let time = integer(time.seconds())?;
                let row = params![log.code(), size.0.to_be_bytes(), time, note];
                engine.prepare_cached(sql)?.execute(row)?;
            }
            Write::Submission { id, digest } => add_submission(engine, *id, digest)?,
            Write::Queue { id, payload } => enqueue(engine, *id, payload)?,
            Write::Dequeue { id } => {
                let sql = "DELETE FROM queue WHERE id = ?1";
                engine.prepare_cached(sql)?.execute([id.as_bytes()])?;
            }
            Write::TermSeen(term) => {
                let sql = "UPDATE meta SET term_seen = max(term_seen, ?1) WHERE one = 1";
                engine.prepare_cached(sql)?.execute([term.to_be_bytes()])?;
            }
        }
    }
    Ok(())
}

fn add_entry(
    engine: &Connection,
    log: Party,
    position: Position,
    leaf: &Hash,
    bytes: &[u8],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO entry(log, position, leaf, bytes) VALUES (?1, ?2, ?3, ?4)";
    let row = params![log.code(), integer(position.0)?, leaf.as_bytes(), bytes];
    engine.prepare_cached(sql)?.execute(row)?;
    Ok(())
}

fn add_nodes(engine: &Connection, log: Party, nodes: &[Node]) -> Result<(), StoreError> {
    let sql = "INSERT INTO node(log, level, idx, hash) VALUES (?1, ?2, ?3, ?4)";
    for node in nodes {
        let row = params![log.code(), node.level, integer(node.index)?, node.hash.as_bytes()];
        engine.prepare_cached(sql)?.execute(row)?;
    }
    Ok(())
}

fn add_submission(
    engine: &Connection,
    id: SubmissionId,
    digest: &[u8; 32],
) -> Result<(), StoreError> {
    match reads::submission(engine, id)? {
        Some(held) if held == *digest => return Ok(()),
        Some(_) => return Err(id_is_taken(id)),
        None => {}
    }
    let sql = "INSERT INTO submission(id, digest) VALUES (?1, ?2)";
    engine.prepare_cached(sql)?.execute(params![id.as_bytes(), digest])?;
    Ok(())
}

fn enqueue(engine: &Connection, id: SubmissionId, payload: &[u8]) -> Result<(), StoreError> {
    let sql = "SELECT payload = ?2 FROM queue WHERE id = ?1";
    let row = params![id.as_bytes(), payload];
    let same: Option<bool> =
        engine.prepare_cached(sql)?.query_row(row, |row| row.get(0)).optional()?;
    match same {
        Some(true) => return Ok(()),
        Some(false) => return Err(id_is_taken(id)),
        None => {}
    }
    // The next place is the one after the last that waits.
    let sql = "INSERT INTO queue(id, payload) VALUES (?1, ?2)";
    engine.prepare_cached(sql)?.execute(params![id.as_bytes(), payload])?;
    Ok(())
}

/// The engine's integers have a sign. Positions are checked before, and times end with a year.
fn integer(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::Damaged(format!("{number} is beyond 2^63 - 1")))
}
