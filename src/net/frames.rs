//! Frames over a byte stream: nothing is reserved by a declared length, and the end of the stream
//! in the middle of a frame is not an end.

use std::{io, time::Duration};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::{
    limits::FRAME_SECONDS_MAX,
    session::{FrameRefused, Message, ProblemCode, decode_frame, frame_length},
};

/// What came in.
#[derive(Debug)]
pub(super) enum Inbound {
    /// A message.
    Message(Message),
    /// Something that is none.
    Garbled(ProblemCode, FrameRefused),
}

/// Why no more comes in.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadEnd {
    /// The connection broke, or ended within a frame.
    #[error("the connection broke: {0}")]
    Broken(#[from] io::Error),
    /// The peer was too slow within a frame.
    #[error("a frame took longer than {} s", FRAME_SECONDS_MAX)]
    Slow,
    /// The peer ended the connection between frames.
    #[error("the connection was closed")]
    Closed,
    /// Nobody takes what is read any more.
    #[error("the session has ended")]
    Unwanted,
}

/// Reads frames until the stream or the session ends.
pub(super) async fn read_all<R: AsyncRead + Unpin>(
    mut stream: R,
    inbox: mpsc::Sender<Inbound>,
) -> ReadEnd {
    loop {
        let inbound = match read_one(&mut stream).await {
            Ok(inbound) => inbound,
            Err(end) => return end,
        };
        if inbox.send(inbound).await.is_err() {
            return ReadEnd::Unwanted;
        }
    }
}

async fn read_one<R: AsyncRead + Unpin>(stream: &mut R) -> Result<Inbound, ReadEnd> {
    let mut head = [0; 4];
    if stream.read(head.get_mut(..1).unwrap_or_default()).await? == 0 {
        return Err(ReadEnd::Closed);
    }
    let rest = async {
        stream.read_exact(head.get_mut(1..).unwrap_or_default()).await?;
        let length = match frame_length(head) {
            Ok(length) => length,
            Err(refused) => return Ok(Inbound::Garbled(refused.code(), refused)),
        };
        let mut body = Vec::new();
        let wanted = u64::try_from(length).unwrap_or(u64::MAX);
        (&mut *stream).take(wanted).read_to_end(&mut body).await?;
        if body.len() < length {
            return Err(ReadEnd::Broken(io::ErrorKind::UnexpectedEof.into()));
        }
        Ok(match decode_frame(&body) {
            Ok(message) => Inbound::Message(message),
            Err(refused) => Inbound::Garbled(refused.code(), refused),
        })
    };
    tokio::time::timeout(Duration::from_secs(FRAME_SECONDS_MAX), rest)
        .await
        .unwrap_or(Err(ReadEnd::Slow))
}

/// Writes frames as they come, and ends the stream in order once there are no more.
pub(super) async fn write_all<W: AsyncWrite + Unpin>(
    mut stream: W,
    mut frames: mpsc::Receiver<Vec<u8>>,
) -> io::Result<()> {
    let deadline = Duration::from_secs(FRAME_SECONDS_MAX);
    while let Some(frame) = frames.recv().await {
        let sent = async {
            stream.write_all(&frame).await?;
            if frames.is_empty() {
                // tokio-rustls keeps what it was given until it is told to flush.
                stream.flush().await?;
            }
            io::Result::Ok(())
        };
        // A peer that does not read holds nothing of ours for longer than this.
        tokio::time::timeout(deadline, sent)
            .await
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
    }
    stream.shutdown().await
}

#[cfg(test)]
mod tests;
