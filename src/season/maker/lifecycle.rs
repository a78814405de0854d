//! What happens to the agreement, its keys and its logs in a season.

use super::{Maker, SeasonFault, on};
use crate::{
    cbor::Bytes,
    envelope::Role,
    names::Party,
    record::{
        AgreementVersion, Approval, ApprovalOutcome, Certificate, CodeList, KeyEvent, KeyStep,
        LogEndReason, OutageNotice, Provisions, Scope, VersionStep,
    },
    season::{
        Ending, Label, provisions,
        times::{
            FRIDAY, FRIDAY_LATE, MONDAY, MONDAY_LATE, MONDAY_NOON, TUESDAY, TUESDAY_LATE,
            TUESDAY_NOON, When,
        },
    },
};

/// In fewer weeks the agreement does not change.
const VERSION_WEEKS_MIN: u32 = 8;
/// The agreement is extended by so many days beyond the season's last week.
const EXTENDED_DAYS: u32 = 400;
/// An outage lasts so long: two hours.
const OUTAGE_SECONDS: u64 = 7_200;

/// Why both logs end, if they do.
pub(super) const fn reason(ending: Ending) -> Option<LogEndReason> {
    match ending {
        Ending::Open => None,
        Ending::YearEnd => Some(LogEndReason::YearEnd),
        Ending::Terminated => Some(LogEndReason::AgreementEnded),
    }
}

impl Maker {
    /// Outages, keys, and two versions of the agreement, the first of which brings the re-entry
    /// scope; between them one that an officer rejects.
    pub(super) fn lifecycle(&mut self, ending: Ending) -> Result<(), SeasonFault> {
        let weeks = self.calendar.weeks();
        let share = |part: u32| (weeks.saturating_mul(part) / 8).max(1);
        for (party, part) in [(Party::Gbr, 1), (Party::Fra, 2), (Party::Gbr, 5)] {
            self.outage(party, share(part));
        }
        for party in Party::BOTH {
            self.spare_key(party, share(1));
        }
        if weeks >= VERSION_WEEKS_MIN {
            self.versions(weeks)?;
        }
        if ending == Ending::Terminated {
            self.terminate(weeks.saturating_sub(1));
        }
        Ok(())
    }

    fn versions(&mut self, weeks: u32) -> Result<(), SeasonFault> {
        let share = |part: u32| weeks.saturating_mul(part) / VERSION_WEEKS_MIN;
        let first = self.proposal(weeks, 1)?;
        self.version(first, share(3));
        self.re_entry = Some(share(3).saturating_add(1));
        let rejected = self.proposal(weeks, 20)?;
        let label = self.propose(rejected, on(share(4), MONDAY));
        let act = self.gbr(Approval { outcome: ApprovalOutcome::Rejected }).after(&[label]);
        self.put(on(share(4), MONDAY_LATE), act);
        let second = self.proposal(weeks, 30)?;
        self.version(second, share(6));
        Ok(())
    }

    /// Out of service for a while, of which a notice tells, and a correction of it.
    fn outage(&mut self, party: Party, week: u32) {
        let from = self.time(on(week, MONDAY_NOON));
        let until = Some(from.plus(OUTAGE_SECONDS));
        let act = self.said(party, OutageNotice { from, until: None });
        let label = self.put(on(week, TUESDAY), act);
        let instead = self.said(party, OutageNotice { from, until });
        self.correct(label, instead, on(week, TUESDAY_NOON));
    }

    /// A spare key is enrolled, with which nobody signs: its private half was never kept.
    fn spare_key(&mut self, party: Party, week: u32) {
        let certificate: &[u8] = match party {
            Party::Gbr => include_bytes!("spare/gbr.der"),
            Party::Fra => include_bytes!("spare/fra.der"),
        };
        let certificate = Some(Certificate(Bytes(certificate.to_vec())));
        let role = Some(Role::Caseworker);
        let step = KeyStep::Enrolled;
        let act = self.said(party, KeyEvent { step, role, certificate, key: None, since: None });
        let label = self.put(on(week, FRIDAY), act);
        self.approve(party, label, on(week, FRIDAY_LATE));
    }

    /// The provisions of the season, extended, with the re-entry scope.
    fn proposal(&self, weeks: u32, more: u32) -> Result<Provisions, SeasonFault> {
        let first = provisions()?;
        let days = EXTENDED_DAYS.saturating_add(more);
        Ok(Provisions {
            expires: self.calendar.monday(weeks).plus(days),
            scopes: CodeList::new(Scope::ALL.to_vec()).ok_or(SeasonFault::Codes)?,
            ..first
        })
    }

    /// A version is proposed and accepted; it is in force from the next Monday on.
    fn version(&mut self, provisions: Provisions, week: u32) {
        let in_force = self.calendar.monday(week.saturating_add(1));
        let proposal = self.propose(Provisions { in_force, ..provisions }, on(week, MONDAY));
        self.approve(Party::Gbr, proposal, on(week, MONDAY_LATE));
        let act = self.fra(AgreementVersion { step: VersionStep::Accepted, provisions: None });
        let accepted = self.put(on(week, TUESDAY), act.after(&[proposal]));
        self.approve(Party::Fra, accepted, on(week, TUESDAY_LATE));
        self.version = proposal;
    }

    fn propose(&mut self, provisions: Provisions, when: When) -> Label {
        let provisions = Some(provisions);
        let re = [self.version];
        let act = self.gbr(AgreementVersion { step: VersionStep::Proposed, provisions });
        self.put(when, act.after(&re))
    }

    /// France ends the agreement; the notice runs on beyond the season.
    fn terminate(&mut self, week: u32) {
        let re = [self.version];
        let act = self.fra(AgreementVersion { step: VersionStep::Terminated, provisions: None });
        let label = self.put(on(week, TUESDAY), act.after(&re));
        self.approve(Party::Fra, label, on(week, TUESDAY_LATE));
    }
}
