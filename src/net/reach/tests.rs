use std::cell::RefCell;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

#[tokio::test]
async fn addresses_are_tried_in_their_order_until_one_is_good() {
    // Nobody listens at the first: it was closed again.
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refused = gone.local_addr().unwrap();
    drop(gone);
    // The system takes the connection at the second, and nobody ever answers there.
    let black_hole = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let good = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let never = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addresses: Vec<_> =
        [&black_hole, &good, &never].map(|one| one.local_addr().unwrap()).into();
    let addresses: Vec<_> = [vec![refused], addresses].concat();

    let answering = tokio::spawn(async move {
        let (mut stream, _) = good.accept().await.unwrap();
        stream.write_all(&[7]).await.unwrap();
        stream
    });
    let way = Way { peer: "exchange.example:7443", proxy: None };
    let seen = RefCell::new(Vec::new());
    let mut tried = Tried::default();
    let found = first_good(way, addresses.clone(), &mut tried, |address| {
        seen.borrow_mut().push(address);
        async move {
            let mut stream = way.open(address).await?;
            let patience = Duration::from_millis(300);
            let byte = timeout(patience, stream.read_u8()).await.map_err(|_| LinkError::Slow)??;
            Ok((address, byte))
        }
    });
    assert_eq!(found.await, Some((addresses[2], 7)));
    assert_eq!(*seen.borrow(), addresses[..3], "in order, and none after the good one");
    let told = tried.to_string();
    let places = [0, 1].map(|number| format!("exchange.example:7443 ({}): ", addresses[number]));
    assert!(places.iter().all(|place| told.contains(place)), "{told}");
    assert!(told.contains("refused") && told.contains("no handshake within"), "{told}");
    drop((answering.await.unwrap(), black_hole, never));
}

#[tokio::test]
async fn a_name_leads_to_all_its_addresses_and_a_wrong_one_is_an_error() {
    let way = |peer| Way { peer, proxy: None };
    let found = way("127.0.0.1:7443").addresses().await.unwrap();
    assert_eq!(found, ["127.0.0.1:7443".parse().unwrap()]);
    let found = way("[::1]:7443").addresses().await.unwrap();
    assert_eq!(found, ["[::1]:7443".parse().unwrap()]);
    assert!(way("no-port").addresses().await.is_err());
}

#[test]
fn a_place_is_called_by_its_name_and_its_address() {
    let address = "192.0.2.1:7443".parse().unwrap();
    let way = |peer| Way { peer, proxy: None };
    assert_eq!(way("192.0.2.1:7443").place(address), "192.0.2.1:7443");
    assert_eq!(way("a.example:7443").place(address), "a.example:7443 (192.0.2.1:7443)");
    let proxy = Proxy::new("proxy.example:3128".into(), None);
    let way = Way { peer: "a.example:7443", proxy: Some(&proxy) };
    assert_eq!(way.place(address), "a.example:7443 by way of the proxy 192.0.2.1:7443");
}
