//! From the socket to the routes: who is let in, how many at once, and for how long.

use std::{io, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{UnixListener, UnixStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::JoinSet,
    time::timeout,
};

use super::{Desk, Listener, routes, socket::may_speak};
use crate::limits::{
    API_ANSWER_SECONDS_MAX, API_CONNECTION_SECONDS_MAX, API_CONNECTIONS_MAX, API_HEAD_BYTES_MAX,
    API_HEAD_SECONDS_MAX, API_LINGER_MILLISECONDS, API_RETRY_SECONDS, API_STOP_SECONDS_MAX,
};

/// Serves until `shutdown` completes; then the socket goes, waits end, and what is under way
/// finishes or is given up.
pub(super) async fn serve(
    listener: Listener,
    desk: Desk,
    stop: watch::Sender<bool>,
    shutdown: impl Future<Output = ()>,
) {
    let Listener { listener, owner, file, edge: _ } = listener;
    let door = Door {
        listener,
        owner,
        permits: Arc::new(Semaphore::new(API_CONNECTIONS_MAX)),
        stopping: desk.stopping.clone(),
        answers: routes::router(desk),
    };
    let mut connections = JoinSet::new();
    door.open(&mut connections, shutdown).await;

    drop(file);
    drop(door);
    // Nobody may be left to hear it.
    let _nobody = stop.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(Duration::from_secs(API_STOP_SECONDS_MAX), all).await.is_err() {
        tracing::warn!("some answers were still under way when the local API stopped");
    }
}

/// Where connections come in.
struct Door {
    listener: UnixListener,
    owner: u32,
    permits: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
    answers: Router,
}

impl Door {
    async fn open(&self, connections: &mut JoinSet<()>, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => return,
                admitted = self.admit() => match admitted {
                    Ok(connection) => drop(connections.spawn(connection.converse())),
                    Err(error) => {
                        // No file descriptor is left, most likely: a connection that ends gives
                        // one back.
                        tracing::error!(%error, "the local API cannot accept a connection");
                        let pause = Duration::from_secs(API_RETRY_SECONDS);
                        if timeout(pause, &mut shutdown).await.is_ok() {
                            return;
                        }
                    }
                },
            }
            while connections.try_join_next().is_some() {}
        }
    }

    /// The next connection, once there is room for one more.
    async fn admit(&self) -> io::Result<Connection> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(io::Error::other)?;
        let (stream, _) = self.listener.accept().await?;
        let peer = stream.peer_cred().map(|credentials| credentials.uid()).ok();
        let service = if may_speak(self.owner, peer) {
            self.answers.clone()
        } else {
            tracing::warn!(uid = ?peer, "another user spoke to the local API, and was refused");
            routes::closed()
        };
        Ok(Connection { stream, service, stopping: self.stopping.clone(), _permit: permit })
    }
}

/// One connection, with what it is answered by.
struct Connection {
    stream: UnixStream,
    service: Router,
    stopping: watch::Receiver<bool>,
    _permit: OwnedSemaphorePermit,
}

impl Connection {
    /// Answers one request after the other until the client goes, the API stops, or the
    /// connection has lived long enough.
    async fn converse(mut self) {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(API_HEAD_SECONDS_MAX))
            .max_buf_size(API_HEAD_BYTES_MAX)
            // Whoever has said all it has to say may still want to read the answer.
            .half_close(true)
            .serve_connection(TokioIo::new(self.stream), TowerToHyperService::new(self.service));
        let mut connection = pin!(connection);
        let life = Duration::from_secs(API_CONNECTION_SECONDS_MAX);
        tokio::select! {
            // What went wrong was answered where it could be; the rest concerns the client alone.
            _ended = connection.as_mut() => return,
            _stop = timeout(life, self.stopping.wait_for(|stop| *stop)) => {}
        }
        // What was let in before the stop may not have been heard yet, and would be closed unheard.
        let linger = Duration::from_millis(API_LINGER_MILLISECONDS);
        if timeout(linger, connection.as_mut()).await.is_ok() {
            return;
        }
        connection.as_mut().graceful_shutdown();
        let rest = Duration::from_secs(API_ANSWER_SECONDS_MAX);
        if timeout(rest, connection).await.is_err() {
            tracing::warn!("a client of the local API did not take its answer");
        }
    }
}
