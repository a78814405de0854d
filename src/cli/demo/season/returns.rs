//! The return leg: requests, answers, transports.

use super::{
    Act, Numbers, Request, SeasonFault,
    calendar::{BACKLOG_WEEK, Calendar, Moment, Turn},
    dice::Dice,
    pace::{TravelDay, groups},
};
use crate::{
    names::{CaseRef, Date, Persons, Place},
    record::{
        Answer, AnswerOutcome, Arrival, ArrivalOutcome, Attestation, CodeList, Departure, Evidence,
        RefusalGround, Scope, TransferNotice, Transport,
    },
};

/// Persons on one transport.
const GROUP_MAX: u16 = 14;
/// Every so many transports, one fails at first, and its people travel a week later.
const FAILING: usize = 9;
/// Weeks between the request and the transport, at most.
const LEAD_WEEKS_MAX: u32 = 6;
/// Of so many cases that travel after the backlog of December, all but one belong to it.
const OUTSIDE_BACKLOG: u64 = 6;
/// The backlog has travelled by this many weeks after it was sent in.
const BACKLOG_WEEKS: u32 = 9;
/// For so many requests that are accepted, one is refused.
const REFUSED: u64 = 6;
/// In the last weeks of the season, so many requests a week are still under way at its end.
const UNDER_WAY: u32 = 4;

/// A request, and what comes of it.
#[derive(Debug, Clone, Copy)]
struct Case {
    /// The week in which France is asked.
    asked: u32,
    minors: u16,
    fate: Fate,
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    Refused,
    /// Accepted: travels with the group of this number.
    Travels {
        group: usize,
        announced: u32,
    },
    /// Accepted, but not yet under way when the season ends.
    Waits,
}

/// People who travel together.
#[derive(Debug, Clone, Copy)]
struct Group {
    turn: Turn,
    persons: u16,
    /// Whether a first transport, a week before, did not leave.
    fails: bool,
}

/// Plans the whole return leg.
pub(super) fn plan(
    calendar: &mut Calendar,
    days: &[TravelDay],
    dice: &mut Dice,
    numbers: &mut Numbers,
) -> Result<(), SeasonFault> {
    let groups = all_groups(days, dice);
    let mut cases = all_cases(&groups, dice);
    cases.extend(refused(&cases, dice));
    let weeks = calendar.weeks();
    let late = weeks.saturating_sub(3)..weeks;
    cases.extend(late.flat_map(|asked| {
        (0..UNDER_WAY).map(move |_| Case { asked, minors: 0, fate: Fate::Waits })
    }));
    // References are given out in the order in which France is asked.
    cases.sort_by_key(|case| case.asked);

    let mut accepted: Vec<Vec<CaseRef>> = vec![Vec::new(); groups.len()];
    for case in &cases {
        let answer = ask(calendar, case, dice, numbers)?;
        if let Fate::Travels { group, .. } = case.fate
            && let Some(answers) = accepted.get_mut(group)
        {
            answers.push(answer);
        }
    }
    for (group, answers) in groups.iter().zip(&accepted) {
        travel(calendar, group, answers, dice, numbers)?;
    }
    Ok(())
}

fn all_groups(days: &[TravelDay], dice: &mut Dice) -> Vec<Group> {
    let mut all = Vec::new();
    for day in days {
        for persons in groups(day.returned, GROUP_MAX, dice) {
            let fails = all.len() % FAILING == FAILING / 2;
            all.push(Group { turn: day.turn, persons, fails });
        }
    }
    all
}

/// Cases that fill every group to the last person: adults, now and then with minors.
fn all_cases(groups: &[Group], dice: &mut Dice) -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, group) in groups.iter().enumerate() {
        let first = if group.fails { group.turn.week_before() } else { group.turn };
        let mut left = group.persons;
        while let Some(others) = left.checked_sub(1) {
            let minors = dice.pick(0, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]).min(others);
            left = others.saturating_sub(minors);
            let asked = if number == 0 { 0 } else { asked_before(first.week, dice) };
            let fate = Fate::Travels { group: number, announced: first.week };
            cases.push(Case { asked, minors, fate });
        }
    }
    cases
}

/// The week of the request of a case whose transport is announced in this week.
fn asked_before(announced: u32, dice: &mut Dice) -> u32 {
    let after_backlog = announced.checked_sub(BACKLOG_WEEK);
    let in_reach = after_backlog.is_some_and(|weeks| (1..=BACKLOG_WEEKS).contains(&weeks));
    if in_reach && !dice.once_in(OUTSIDE_BACKLOG) {
        return BACKLOG_WEEK;
    }
    // Two weeks leave France time to answer before the Monday of the notice.
    let lead = dice.below_u32(LEAD_WEEKS_MAX.saturating_sub(1)).saturating_add(2);
    announced.saturating_sub(lead)
}

fn refused(accepted: &[Case], dice: &mut Dice) -> Vec<Case> {
    let asked: Vec<u32> =
        accepted.iter().map(|case| case.asked).filter(|_| dice.once_in(REFUSED)).collect();
    asked.into_iter().map(|asked| Case { asked, minors: 0, fate: Fate::Refused }).collect()
}

/// The request and its answer, whose reference is given back.
fn ask(
    calendar: &mut Calendar,
    case: &Case,
    dice: &mut Dice,
    numbers: &mut Numbers,
) -> Result<CaseRef, SeasonFault> {
    let request = numbers.next("GB01", case.minors > 0)?;
    let content = request_of(calendar, case, dice);
    calendar.add(case.asked, Moment::Monday, Act::new(request.clone(), content));

    let (week, moment) = answered(case, dice);
    let answer = numbers.next("FR04", false)?;
    let content = match case.fate {
        Fate::Refused => Answer {
            outcome: AnswerOutcome::Refused,
            ground: Some(ground(calendar.day(week, moment), dice)?),
        },
        Fate::Travels { .. } | Fate::Waits => {
            Answer { outcome: AnswerOutcome::Accepted, ground: None }
        }
    };
    calendar.add(week, moment, Act::new(answer.clone(), content).after(&[&request]));
    Ok(answer)
}

fn request_of(calendar: &Calendar, case: &Case, dice: &mut Dice) -> Request {
    use Evidence::{BiometricMatch, CraftTrack, Document, OfficerReport, OwnStatement};
    // British practice asks within three days; a backlog takes up to the fourteen that there are.
    let most = if case.asked == BACKLOG_WEEK { 14 } else { 5 };
    let before = dice.below_u32(most).saturating_add(1);
    let asked = calendar.day(case.asked, Moment::Monday);
    let arrived = Date::new(asked.days().saturating_sub(before)).max(calendar.in_force());
    let scope = dice.pick(
        Scope::ProtectionClaim,
        &[
            Scope::ProtectionClaim,
            Scope::ProtectionClaim,
            Scope::Apprehended,
            Scope::SearchAndRescue,
        ],
    );
    let mut evidence = vec![OfficerReport];
    evidence.extend(
        [BiometricMatch, OwnStatement, CraftTrack, Document]
            .into_iter()
            .filter(|_| dice.once_in(3)),
    );
    evidence.sort_unstable();
    Request { scope, arrived, evidence, minors: Persons(case.minors) }
}

/// When France answers: within eleven days, and before the week in which the transport is
/// announced.
fn answered(case: &Case, dice: &mut Dice) -> (u32, Moment) {
    let moment = dice.pick(Moment::Wednesday, &[Moment::Friday]);
    let next = case.asked.saturating_add(1);
    // In the first week, France is asked on Thursday.
    let later = case.asked == 0 || dice.once_in(3);
    let later = match case.fate {
        Fate::Travels { announced, .. } => later && next < announced,
        Fate::Refused => later,
        Fate::Waits => true,
    };
    (if later { next } else { case.asked }, moment)
}

/// A ground of refusal. That the numbers are out of balance is one only in November, when returns
/// were well ahead of admissions.
fn ground(day: Date, dice: &mut Dice) -> Result<RefusalGround, SeasonFault> {
    use RefusalGround::{
        EvidenceInsufficient, Imbalance, NotInScope, PublicOrder, TransitZoneOnly,
        UnaccompaniedMinor,
    };
    let (from, to): (Date, Date) = ("2025-10-20".parse()?, "2025-12-01".parse()?);
    if from <= day && day < to && dice.once_in(2) {
        return Ok(Imbalance);
    }
    Ok(dice.pick(
        EvidenceInsufficient,
        &[EvidenceInsufficient, NotInScope, PublicOrder, UnaccompaniedMinor, TransitZoneOnly],
    ))
}

/// A transport: announced on Monday, left and arrived later in the week; or announced, and nobody
/// left, and announced again for the week after.
fn travel(
    calendar: &mut Calendar,
    group: &Group,
    answers: &[CaseRef],
    dice: &mut Dice,
    numbers: &mut Numbers,
) -> Result<(), SeasonFault> {
    let from: Place = dice.pick("GBLHR", &["GBLHR", "GBLHR", "GBLHR", "GBSTN", "GBLGW"]).parse()?;
    let to: Place = dice.pick("FRCDG", &["FRCDG", "FRCDG", "FRCDG", "FRCDG", "FRTLS"]).parse()?;
    let answers: Vec<&CaseRef> = answers.iter().collect();
    let persons = Persons(group.persons);
    if group.fails {
        let turn = group.turn.week_before();
        let day = calendar.day(turn.week, turn.out());
        let notice = numbers.next("GB06", false)?;
        let act = Act::new(notice.clone(), notice_of(&from, &to, persons)?).after(&answers).on(day);
        calendar.add(turn.week, Moment::Monday, act);
        let nobody =
            Arrival { outcome: ArrivalOutcome::NotArrived, place: to.clone(), persons: Persons(0) };
        let act = Act::new(numbers.next("FR11", false)?, nobody).after(&[&notice]).on(day);
        calendar.add(turn.week, turn.home(), act);
    }
    let turn = group.turn;
    let left = calendar.day(turn.week, turn.out());
    // Some flights of a Friday arrive after midnight.
    let overnight = turn.friday && dice.once_in(4);
    let arrived = if overnight { left.plus(1) } else { left };
    let notice = numbers.next("GB06", false)?;
    let act = Act::new(notice.clone(), notice_of(&from, &to, persons)?).after(&answers).on(left);
    calendar.add(turn.week, Moment::Monday, act);
    let departure = numbers.next("GB10", false)?;
    let content = Departure { place: from, persons };
    let act = Act::new(departure.clone(), content).after(&[&notice]).on(left);
    calendar.add(turn.week, turn.out(), act);
    let content = Arrival { outcome: ArrivalOutcome::Arrived, place: to, persons };
    let act = Act::new(numbers.next("FR11", false)?, content).after(&[&departure]).on(arrived);
    calendar.add(turn.week, turn.home(), act);
    Ok(())
}

fn notice_of(from: &Place, to: &Place, persons: Persons) -> Result<TransferNotice, SeasonFault> {
    let attestations = CodeList::new(Attestation::ALL.to_vec());
    Ok(TransferNotice {
        transport: Transport::Air,
        from: from.clone(),
        to: to.clone(),
        persons,
        attestations: attestations.ok_or(SeasonFault::Attestations)?,
    })
}
