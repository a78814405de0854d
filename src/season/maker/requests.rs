//! Requests and their answers, and what is said about a request beside them.

use super::{Maker, SeasonFault, content, on};
use crate::{
    names::{CaseRef, Date, Persons},
    record::{
        Answer, AnswerOutcome, CodeList, Datum, DisclosureOutcome, DisclosureStatus, Evidence,
        ExtensionReason, ReadmissionRequest, RefusalGround, ReplyExtension, Scope, Withdrawal,
        WithdrawalReason, WrongData, WrongDataNotice,
    },
    season::{
        Label,
        times::{FRIDAY, MONDAY, THURSDAY, TUESDAY, WEDNESDAY, When},
    },
};

/// Days that a request comes after the arrival, at most; a day is lost to the first week.
const ASKED_DAYS: u32 = 6;

/// A request that was made.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) label: Label,
    pub(super) reference: CaseRef,
    pub(super) content: ReadmissionRequest,
    pub(super) week: u32,
}

/// A case whose request was accepted.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) asked: Asked,
    pub(super) answer: Label,
    /// The first week in which a transport can be announced.
    pub(super) ready: u32,
}

impl Case {
    pub(super) const fn persons(&self) -> Persons {
        self.asked.content.persons()
    }
}

impl Maker {
    /// France is asked, within days of the arrival.
    pub(super) fn ask(&mut self, week: u32, minors: u16) -> Result<Asked, SeasonFault> {
        let when = on(week, MONDAY);
        let before = self.dice.below_u32(ASKED_DAYS).saturating_add(1);
        let arrived = Date::new(self.day(when).days().saturating_sub(before));
        let scope = self.scope(week);
        self.ask_so(when, arrived, scope, minors)
    }

    /// France is asked for someone who came on this day under this scope.
    pub(super) fn ask_so(
        &mut self,
        when: When,
        arrived: Date,
        scope: Scope,
        minors: u16,
    ) -> Result<Asked, SeasonFault> {
        let content = ReadmissionRequest {
            scope,
            arrived: arrived.max(self.calendar.in_force()),
            evidence: self.evidence()?,
            minors: Persons(minors),
            commitments: Vec::new(),
        };
        let reference = self.reference("GB01", minors > 0)?;
        let act = self.gbr(content.clone()).of(reference.clone());
        let label = self.put(when, act);
        self.cases = self.cases.saturating_add(1);
        Ok(Asked { label, reference, content, week: when.week })
    }

    fn scope(&mut self, week: u32) -> Scope {
        use Scope::{Apprehended, ProtectionClaim, ReEntry, SearchAndRescue};
        if self.re_entry.is_some_and(|from| from <= week) && self.dice.once_in(6) {
            return ReEntry;
        }
        self.dice.pick(
            ProtectionClaim,
            &[ProtectionClaim, ProtectionClaim, Apprehended, SearchAndRescue],
        )
    }

    fn evidence(&mut self) -> Result<CodeList<Evidence>, SeasonFault> {
        use Evidence::{BiometricMatch, CraftTrack, Document, OfficerReport, OwnStatement};
        let mut evidence = vec![OfficerReport];
        for more in [BiometricMatch, OwnStatement, CraftTrack, Document] {
            if self.dice.once_in(3) {
                evidence.push(more);
            }
        }
        CodeList::new(evidence).ok_or(SeasonFault::Codes)
    }

    /// A case that is accepted, now and then after this or that.
    pub(super) fn accepted(&mut self, week: u32, minors: u16) -> Result<Case, SeasonFault> {
        let asked = self.ask(week, minors)?;
        self.remarks(&asked)?;
        if self.dice.once_in(8) {
            return Ok(self.accepted_late(asked));
        }
        let later = self.dice.below_u32(2);
        let when = on(week.saturating_add(later), if later > 0 { WEDNESDAY } else { FRIDAY });
        let answer = self.accept(&asked, when);
        Ok(Case { asked, answer, ready: when.week.saturating_add(1) })
    }

    /// A case that is accepted after an extension.
    pub(super) fn accepted_late(&mut self, asked: Asked) -> Case {
        self.extend(&asked, on(asked.week.saturating_add(1), TUESDAY));
        let when = on(asked.week.saturating_add(3), WEDNESDAY);
        let answer = self.accept(&asked, when);
        Case { asked, answer, ready: when.week.saturating_add(1) }
    }

    /// Cases of one group, with families among them; all of them are accepted.
    pub(super) fn group(&mut self, week: u32, cases: u32) -> Result<Vec<Case>, SeasonFault> {
        let mut group = Vec::new();
        for _ in 0..cases {
            let minors = self.dice.pick(0, &[0, 0, 0, 0, 0, 1, 2]);
            group.push(self.accepted(week, minors)?);
        }
        Ok(group)
    }

    pub(super) fn accept(&mut self, asked: &Asked, when: When) -> Label {
        let act = self.fra(Answer { outcome: AnswerOutcome::Accepted, ground: None });
        self.put(when, act.after(&[asked.label]))
    }

    pub(super) fn refuse(&mut self, asked: &Asked, ground: RefusalGround, when: When) -> Label {
        let act = self.fra(Answer { outcome: AnswerOutcome::Refused, ground: Some(ground) });
        self.put(when, act.after(&[asked.label]))
    }

    pub(super) fn extend(&mut self, asked: &Asked, when: When) -> Label {
        let reason = self.dice.pick(ExtensionReason::ComplexCase, &[ExtensionReason::LargeNumber]);
        let act = self.fra(ReplyExtension { reason }).after(&[asked.label]);
        self.put(when, act)
    }

    pub(super) fn withdraw(&mut self, of: Label, when: When) -> Label {
        use WithdrawalReason::{MeasureAnnulled, NoLongerSought, OpenedInError};
        let reason = self.dice.pick(NoLongerSought, &[MeasureAnnulled, OpenedInError]);
        let act = self.gbr(Withdrawal { reason }).after(&[of]);
        self.put(when, act)
    }

    /// What is said about some requests and changes nothing about their course.
    fn remarks(&mut self, asked: &Asked) -> Result<(), SeasonFault> {
        let when = on(asked.week, WEDNESDAY);
        if self.dice.once_in(6) {
            self.disclosure(asked, when)?;
        }
        if self.dice.once_in(14) {
            self.corrected_twice(asked)?;
        } else if self.dice.once_in(14) {
            self.wrong_data_corrected(asked)?;
        }
        Ok(())
    }

    fn disclosure(&mut self, asked: &Asked, when: When) -> Result<(), SeasonFault> {
        use DisclosureOutcome::{Held, Mismatching, Missing};
        let outcome = self.dice.pick(Held, &[Held, Missing, Mismatching]);
        let data = match outcome {
            Held => None,
            Missing | Mismatching => {
                let data = vec![Datum::DateOfBirth, Datum::DocumentNumber];
                Some(CodeList::new(data).ok_or(SeasonFault::Codes)?)
            }
        };
        let act = self.fra(DisclosureStatus { outcome, data }).after(&[asked.label]);
        self.put(when, act);
        Ok(())
    }

    /// A request is corrected, and its correction too.
    fn corrected_twice(&mut self, asked: &Asked) -> Result<(), SeasonFault> {
        let first = self.correct_request(asked, asked.label, on(asked.week, TUESDAY))?;
        if self.dice.once_in(2) {
            self.correct_request(asked, first, on(asked.week, WEDNESDAY))?;
        }
        Ok(())
    }

    /// Other evidence stands in a request from here on.
    pub(super) fn correct_request(
        &mut self,
        asked: &Asked,
        newest: Label,
        when: When,
    ) -> Result<Label, SeasonFault> {
        let evidence = self.evidence()?;
        let replaced = content(ReadmissionRequest { evidence, ..asked.content.clone() });
        let act = self.gbr(replaced).of(asked.reference.clone());
        Ok(self.correct(newest, act, when))
    }

    /// France finds that data are wrong, and the United Kingdom corrects the request.
    pub(super) fn wrong_data_corrected(&mut self, asked: &Asked) -> Result<(), SeasonFault> {
        self.wrong_data(asked, on(asked.week, TUESDAY))?;
        self.correct_request(asked, asked.label, on(asked.week, THURSDAY))?;
        Ok(())
    }

    pub(super) fn wrong_data(&mut self, asked: &Asked, when: When) -> Result<Label, SeasonFault> {
        use WrongData::{Inaccurate, NotNecessary, SentInError};
        let wrong = self.dice.pick(Inaccurate, &[SentInError, NotNecessary]);
        let data = CodeList::new(vec![Datum::Nationality]).ok_or(SeasonFault::Codes)?;
        let act = self.fra(WrongDataNotice { wrong, data }).after(&[asked.label]);
        Ok(self.put(when, act))
    }
}
