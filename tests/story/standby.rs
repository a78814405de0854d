//! A counterpart that has several addresses, of which not each answers for it.

use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use entente::{
    names::{Party, Timestamp},
    net::tls::{PostQuantum, RevocationFiles, TlsFiles, fixed_time, server_config},
};
use tokio_rustls::TlsAcceptor;

use crate::site::{FIRST_DAY, Site};

/// A standby of France that is not in charge: it shows the right certificate, and hangs up.
struct Standby {
    port: u16,
    greeted: Arc<AtomicUsize>,
}

impl Standby {
    fn of(site: &Site) -> Self {
        let files = TlsFiles {
            certificate: site.path("fra-keys/tls-cert.pem"),
            key: site.path("fra-keys/tls-key.pem"),
            peer_ca: site.path("gbr-keys/ca-cert.pem"),
            revocation: RevocationFiles::none(),
            post_quantum: PostQuantum::Prefer,
        };
        let now = Timestamp::new(FIRST_DAY);
        let material = files.load(now).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        listener.set_nonblocking(true).unwrap();
        let greeted = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&greeted);
        let serve = async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                // One configuration for one connection.
                let config = server_config(&material, Party::Gbr, fixed_time(now)).unwrap();
                if TlsAcceptor::from(config).accept(stream).await.is_ok() {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        thread::spawn(move || runtime.block_on(serve));
        Self { port, greeted }
    }
}

#[test]
fn a_standby_that_shows_the_right_certificate_and_hangs_up_is_passed_over() {
    let site = Site::founded();
    let standby = Standby::of(&site);
    let [gbr, fra] = site.ports;
    let both = format!("[\"127.0.0.1:{}\", \"127.0.0.1:{fra}\"]", standby.port);
    site.replace("gbr.toml", &format!("[\"127.0.0.1:{fra}\"]"), &both);
    // The United Kingdom has to find France: nobody listens where France dials.
    let nowhere = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    site.replace("fra.toml", &format!("127.0.0.1:{gbr}"), &nowhere.to_string());
    let (fra, gbr) = (site.start("fra"), site.start("gbr"));
    gbr.until("a session at the second address", |status| status.connected);
    assert!(standby.greeted.load(Ordering::Relaxed) > 0, "the first address was tried");
    gbr.stop();
    fra.stop();
}
