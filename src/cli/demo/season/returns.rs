//! The return leg: requests, answers, transports.

use super::{
    pace::{TravelDay, groups},
    times::{BACKLOG_WEEK, FRIDAY, MONDAY, Turn, WEDNESDAY},
};
use crate::{
    names::{Date, Party, Persons, Place},
    record::{
        Answer, AnswerOutcome, Arrival, ArrivalOutcome, Attestation, CodeList, Departure, Evidence,
        ReadmissionRequest, RefusalGround, Scope, TransferNotice, Transport,
    },
    season::{Act, Calendar, Dice, Label, Moment, Numbers, SeasonFault},
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

    let mut accepted: Vec<Vec<Label>> = vec![Vec::new(); groups.len()];
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
) -> Result<Label, SeasonFault> {
    let content = request_of(calendar, case, dice)?;
    let request =
        Act::new(numbers, Party::Gbr, content).of(numbers.reference("GB01", case.minors > 0)?);
    let asked = [request.label];
    calendar.add(case.asked, MONDAY, request);

    let (week, moment) = answered(case, dice);
    let content = match case.fate {
        Fate::Refused => Answer {
            outcome: AnswerOutcome::Refused,
            ground: Some(ground(calendar.day(week, moment), dice)?),
        },
        Fate::Travels { .. } | Fate::Waits => {
            Answer { outcome: AnswerOutcome::Accepted, ground: None }
        }
    };
    let answer =
        Act::new(numbers, Party::Fra, content).of(numbers.reference("FR04", false)?).after(&asked);
    let label = answer.label;
    calendar.add(week, moment, answer);
    Ok(label)
}

fn request_of(
    calendar: &Calendar,
    case: &Case,
    dice: &mut Dice,
) -> Result<ReadmissionRequest, SeasonFault> {
    use Evidence::{BiometricMatch, CraftTrack, Document, OfficerReport, OwnStatement};
    // British practice asks within three days; a backlog takes up to the fourteen that there are.
    let most = if case.asked == BACKLOG_WEEK { 14 } else { 5 };
    let before = dice.below_u32(most).saturating_add(1);
    let asked = calendar.day(case.asked, MONDAY);
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
    Ok(ReadmissionRequest {
        scope,
        arrived,
        evidence: CodeList::new(evidence).ok_or(SeasonFault::Codes)?,
        minors: Persons(case.minors),
        commitments: Vec::new(),
    })
}

/// When France answers: within eleven days, and before the week in which the transport is
/// announced.
fn answered(case: &Case, dice: &mut Dice) -> (u32, Moment) {
    let moment = dice.pick(WEDNESDAY, &[FRIDAY]);
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
    answers: &[Label],
    dice: &mut Dice,
    numbers: &mut Numbers,
) -> Result<(), SeasonFault> {
    let from: Place = dice.pick("GBLHR", &["GBLHR", "GBLHR", "GBLHR", "GBSTN", "GBLGW"]).parse()?;
    let to: Place = dice.pick("FRCDG", &["FRCDG", "FRCDG", "FRCDG", "FRCDG", "FRTLS"]).parse()?;
    let persons = Persons(group.persons);
    let announce = |turn: Turn, numbers: &mut Numbers, calendar: &mut Calendar| {
        let notice = Act::new(numbers, Party::Gbr, notice_of(&from, &to, persons)?)
            .of(numbers.reference("GB06", false)?)
            .after(answers)
            .on(calendar.day(turn.week, turn.out()));
        let label = notice.label;
        calendar.add(turn.week, MONDAY, notice);
        Ok::<Label, SeasonFault>(label)
    };
    let turn = group.turn;
    if group.fails {
        let turn = turn.week_before();
        let notice = announce(turn, numbers, calendar)?;
        let nobody =
            Arrival { outcome: ArrivalOutcome::NotArrived, place: to.clone(), persons: Persons(0) };
        let act = Act::new(numbers, Party::Fra, nobody)
            .of(numbers.reference("FR11", false)?)
            .after(&[notice])
            .on(calendar.day(turn.week, turn.out()));
        calendar.add(turn.week, turn.home(), act);
    }
    let left = calendar.day(turn.week, turn.out());
    // Some flights of a Friday arrive after midnight.
    let overnight = turn.friday && dice.once_in(4);
    let arrived = if overnight { left.plus(1) } else { left };
    let notice = announce(turn, numbers, calendar)?;
    let departure = Act::new(numbers, Party::Gbr, Departure { place: from.clone(), persons })
        .of(numbers.reference("GB10", false)?)
        .after(&[notice])
        .on(left);
    let departed = departure.label;
    calendar.add(turn.week, turn.out(), departure);
    let content = Arrival { outcome: ArrivalOutcome::Arrived, place: to.clone(), persons };
    let arrival = Act::new(numbers, Party::Fra, content)
        .of(numbers.reference("FR11", false)?)
        .after(&[departed])
        .on(arrived);
    calendar.add(turn.week, turn.home(), arrival);
    Ok(())
}

fn notice_of(from: &Place, to: &Place, persons: Persons) -> Result<TransferNotice, SeasonFault> {
    let attestations = CodeList::new(Attestation::ALL.to_vec());
    Ok(TransferNotice {
        transport: Transport::Air,
        from: from.clone(),
        to: to.clone(),
        persons,
        attestations: attestations.ok_or(SeasonFault::Codes)?,
    })
}
