//! One question each. Every length is checked before anything is copied.

use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row, params};

use crate::{
    limits::{AGREEMENT_BYTES_MAX, ENTRY_BYTES_MAX, NOTE_BYTES_MAX},
    names::{Hash, Party, Position, Size, SubmissionId},
    store::{
        Identity, Queued, StoreError, StoredEntry, StoredNote,
        rules::{check_length, no_node},
    },
};

pub(super) fn identity(engine: &Connection) -> Result<Identity, StoreError> {
    let mut ask = engine.prepare_cached("SELECT party, terms FROM meta WHERE one = 1")?;
    first(&mut ask, [], |row| {
        let party = text(row, 0, 3)?;
        let party = party.parse().map_err(|_| unreadable("the party"))?;
        Ok(Identity { party, terms: blob(row, 1, AGREEMENT_BYTES_MAX)?.to_vec() })
    })?
    .ok_or_else(|| unreadable("the identity"))
}

pub(super) fn size(engine: &Connection, log: Party) -> Result<Size, StoreError> {
    let sql = "SELECT position FROM entry WHERE log = ?1 ORDER BY position DESC LIMIT 1";
    let mut ask = engine.prepare_cached(sql)?;
    let last: Option<i64> = ask.query_row([log.code()], |row| row.get(0)).optional()?;
    let Some(last) = last else { return Ok(Size(0)) };
    Ok(Size::through(Position(natural(last)?)))
}

pub(super) fn entries(
    engine: &Connection,
    log: Party,
    start: Position,
    count: usize,
    bytes: usize,
) -> Result<Vec<StoredEntry>, StoreError> {
    let sql = "SELECT position, leaf, bytes FROM entry
               WHERE log = ?1 AND position >= ?2 ORDER BY position LIMIT ?3";
    let mut ask = engine.prepare_cached(sql)?;
    let mut rows = ask.query(params![log.code(), ceiling(start.0), limit(count)])?;
    let mut room = bytes;
    let mut wanted = start;
    let mut taken = Vec::new();
    while let Some(row) = rows.next()? {
        let entry = blob(row, 2, ENTRY_BYTES_MAX)?;
        match room.checked_sub(entry.len()) {
            Some(left) => room = left,
            None if taken.is_empty() => room = 0,
            None => break,
        }
        let position = Position(natural(row.get(0)?)?);
        if position != wanted {
            let what = format!("entry {wanted} of {log} is gone, and {position} is not");
            return Err(StoreError::Damaged(what));
        }
        let leaf = Hash::new(fixed(row, 1)?);
        taken.push(StoredEntry { position, leaf, bytes: entry.to_vec() });
        wanted = Size::through(position).next();
    }
    Ok(taken)
}

pub(super) fn node(
    engine: &Connection,
    log: Party,
    level: u8,
    index: u64,
) -> Result<Hash, StoreError> {
    let Ok(place) = i64::try_from(index) else { return Err(no_node(level, index)) };
    let hash = if level == 0 {
        let sql = "SELECT leaf FROM entry WHERE log = ?1 AND position = ?2";
        first(&mut engine.prepare_cached(sql)?, params![log.code(), place], |row| fixed(row, 0))?
    } else {
        let sql = "SELECT hash FROM node WHERE log = ?1 AND level = ?2 AND idx = ?3";
        let key = params![log.code(), level, place];
        first(&mut engine.prepare_cached(sql)?, key, |row| fixed(row, 0))?
    };
    hash.map(Hash::new).ok_or_else(|| no_node(level, index))
}

pub(super) fn newest_checkpoint(
    engine: &Connection,
    log: Party,
) -> Result<Option<StoredNote>, StoreError> {
    let sql = "SELECT size, note FROM checkpoint WHERE log = ?1 ORDER BY size DESC LIMIT 1";
    first(&mut engine.prepare_cached(sql)?, [log.code()], note)
}

pub(super) fn checkpoint_above(
    engine: &Connection,
    log: Party,
    above: Size,
) -> Result<Option<StoredNote>, StoreError> {
    let sql = "SELECT size, note FROM checkpoint
               WHERE log = ?1 AND size > ?2 ORDER BY size LIMIT 1";
    let key = params![log.code(), above.0.to_be_bytes()];
    first(&mut engine.prepare_cached(sql)?, key, note)
}

pub(super) fn newest_cosignature(
    engine: &Connection,
    log: Party,
) -> Result<Option<StoredNote>, StoreError> {
    let sql = "SELECT size, note FROM cosignature WHERE log = ?1 ORDER BY size DESC LIMIT 1";
    first(&mut engine.prepare_cached(sql)?, [log.code()], note)
}

pub(super) fn cosignatures_above(
    engine: &Connection,
    log: Party,
    above: Size,
    count: usize,
) -> Result<Vec<StoredNote>, StoreError> {
    let sql = "SELECT size, note FROM cosignature
               WHERE log = ?1 AND size > ?2 ORDER BY size LIMIT ?3";
    let key = params![log.code(), above.0.to_be_bytes(), limit(count)];
    every(&mut engine.prepare_cached(sql)?, key, note)
}

pub(super) fn submission(
    engine: &Connection,
    id: SubmissionId,
) -> Result<Option<[u8; 32]>, StoreError> {
    let sql = "SELECT digest FROM submission WHERE id = ?1";
    first(&mut engine.prepare_cached(sql)?, [id.as_bytes()], |row| fixed(row, 0))
}

pub(super) fn queue(engine: &Connection) -> Result<Vec<Queued>, StoreError> {
    let sql = "SELECT id, payload FROM queue ORDER BY place";
    every(&mut engine.prepare_cached(sql)?, [], |row| {
        let id = SubmissionId::new(fixed(row, 0)?);
        Ok(Queued { id, payload: blob(row, 1, ENTRY_BYTES_MAX)?.to_vec() })
    })
}

pub(super) fn term_seen(engine: &Connection) -> Result<u64, StoreError> {
    let mut ask = engine.prepare_cached("SELECT term_seen FROM meta WHERE one = 1")?;
    let term = first(&mut ask, [], |row| fixed(row, 0))?;
    term.map(u64::from_be_bytes).ok_or_else(|| unreadable("the term"))
}

fn note(row: &Row<'_>) -> Result<StoredNote, StoreError> {
    let size = Size(u64::from_be_bytes(fixed(row, 0)?));
    Ok(StoredNote { size, note: text(row, 1, NOTE_BYTES_MAX)?.to_owned() })
}

fn first<T>(
    ask: &mut CachedStatement<'_>,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    ask.query(params)?.next()?.map(read).transpose()
}

fn every<T>(
    ask: &mut CachedStatement<'_>,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut rows = ask.query(params)?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

fn blob<'row>(row: &'row Row<'_>, column: usize, max: usize) -> Result<&'row [u8], StoreError> {
    let bytes = row.get_ref(column)?.as_blob().map_err(|_| unreadable("a byte string"))?;
    check_length("a byte string", bytes.len(), max)?;
    Ok(bytes)
}

fn text<'row>(row: &'row Row<'_>, column: usize, max: usize) -> Result<&'row str, StoreError> {
    let text = row.get_ref(column)?.as_str().map_err(|_| unreadable("a text"))?;
    check_length("a text", text.len(), max)?;
    Ok(text)
}

fn fixed<const N: usize>(row: &Row<'_>, column: usize) -> Result<[u8; N], StoreError> {
    blob(row, column, N)?.try_into().map_err(|_| unreadable("a byte string of fixed length"))
}

fn unreadable(what: &str) -> StoreError {
    StoreError::Damaged(format!("{what} is not there, or not of form"))
}

fn natural(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| unreadable("a position"))
}

/// No position that is held is as large, so the answer is the same.
fn ceiling(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
