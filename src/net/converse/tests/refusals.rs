//! What one side has against the other reaches the desk, for the operator.

use super::*;
use crate::{names::AgreementDigest, session::Hello};

fn hello(room: &Room<TestDesk, TestClocks>) -> Hello {
    let (agreement, clock) = (Arc::clone(&room.agreement), room.clocks.wall());
    let (_, said) = Session::begin(agreement, room.party, &room.desk.standing, clock, 0);
    let [Action::Send(Message::Hello(hello))] = said.as_slice() else { panic!("{said:?}") };
    hello.clone()
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_noted_by_name_with_both_values() {
    type Change = fn(&mut Hello);
    let cases: [(ProblemCode, Change, &str, &str); 3] = [
        (ProblemCode::ProtocolVersion, |hello| hello.protocol = 2, "1", "2"),
        (ProblemCode::Party, |hello| hello.party = Party::Gbr, "FRA", "GBR"),
        (ProblemCode::Agreement, |hello| hello.agreement = AgreementDigest::new([7; 32]), "", ""),
    ];
    for (problem, change, ours, theirs) in cases {
        let rooms = rooms();
        let (near, far) = duplex(WIDE);
        let conversed = tokio::spawn(rooms[0].clone().converse(near, Party::Fra));
        let mut peer = Peer(far);
        let mut hello = hello(&rooms[1]);
        change(&mut hello);
        peer.say(hello).await;
        let ended = conversed.await.unwrap().ended;
        assert_eq!(ended, Ended::Session(Close::TheirProblem(problem)));
        let refusals = rooms[0].desk.refusals.lock().unwrap().clone();
        let [refusal] = <[_; 1]>::try_from(refusals).unwrap();
        assert_eq!((refusal.by, refusal.problem), (Party::Gbr, problem));
        let values = refusal.values.unwrap();
        if problem == ProblemCode::Agreement {
            assert_eq!(values.ours, rooms[0].agreement.digest().to_string());
            assert_eq!(values.theirs, "07".repeat(32));
        } else {
            assert_eq!((values.ours.as_str(), values.theirs.as_str()), (ours, theirs));
        }
    }
    // What the peer refuses is noted as well.
    let rooms = rooms();
    let (near, far) = duplex(WIDE);
    let conversed = tokio::spawn(rooms[0].clone().converse(near, Party::Fra));
    let mut peer = Peer(far);
    peer.say(Problem { code: ProblemCode::ProtocolVersion, fork: None }).await;
    conversed.await.unwrap();
    let refusals = rooms[0].desk.refusals.lock().unwrap().clone();
    assert_eq!((refusals[0].by, refusals[0].values.is_none()), (Party::Fra, true));
}
