//! What puts records right or takes their effect away, with the second pair of eyes; all of it on
//! the Sunday of the week in which it falls due.

use super::{Maker, on};
use crate::{
    names::Party,
    record::{
        Approval, ApprovalOutcome, BreakClass, Decision, Erasure, ErasureBasis, Reversal,
        ReversalReason,
    },
    season::{
        Act, Fact, Label, Replacement, Resolution,
        times::{SUNDAY, SUNDAY_APPROVALS, SUNDAY_CONSENTS, SUNDAY_LAST, When},
    },
};

impl Maker {
    /// An officer of the same party lets a record take effect.
    pub(super) fn approve(&mut self, party: Party, of: Label, when: When) -> Label {
        let act = self.said(party, Approval { outcome: ApprovalOutcome::Approved });
        self.put(when, act.after(&[of]))
    }

    /// `newest` should have been `instead`, which is never signed by itself.
    pub(super) fn correct(&mut self, newest: Label, instead: Act, when: When) -> Label {
        let Act { party, case, re, at, fact, .. } = instead;
        let Fact::Whole(content) = fact else { return newest };
        let one = Replacement { case, re, at, content };
        let act = self.said(party, Fact::Correction(Some(Box::new(one)))).after(&[newest]);
        self.put(when, act)
    }

    /// A record about a movement is corrected by its author, whose officer approves.
    pub(super) fn correct_movement(&mut self, movement: Label, instead: Act, week: u32) -> Label {
        let party = instead.party;
        let label = self.correct(movement, instead, on(week, SUNDAY));
        self.approve(party, label, on(week, SUNDAY_APPROVALS));
        label
    }

    /// The same, and the other side consents.
    pub(super) fn correct_by_consent(&mut self, movement: Label, instead: Act, week: u32) {
        let other = instead.party.other();
        let label = self.correct_movement(movement, instead, week);
        let consent = self.said(other, Fact::Correction(None)).after(&[label]);
        let consent = self.put(on(week, SUNDAY_CONSENTS), consent);
        self.approve(other, consent, on(week, SUNDAY_LAST));
    }

    /// A movement is not to count after all, says one side.
    pub(super) fn reverse(&mut self, party: Party, movement: Label, week: u32) -> Label {
        use ReversalReason::{RecordedInError, WronglyTransferred};
        let reason = self.dice.pick(WronglyTransferred, &[RecordedInError]);
        let act = self.said(party, Reversal { reason }).after(&[movement]);
        let label = self.put(on(week, SUNDAY), act);
        self.approve(party, label, on(week, SUNDAY_APPROVALS));
        label
    }

    /// One side destroys the personal data of a case.
    pub(super) fn erase(&mut self, party: Party, request: Label, week: u32) -> Label {
        use ErasureBasis::{MeasureAnnulled, Withdrawn};
        let basis = self.dice.pick(Withdrawn, &[MeasureAnnulled]);
        let act = self.said(party, Erasure { basis }).after(&[request]);
        self.put(on(week, SUNDAY), act)
    }

    /// Both sides destroy the personal data of a case.
    pub(super) fn erase_both(&mut self, request: Label, week: u32) {
        for party in Party::BOTH {
            let label = self.erase(party, request, week);
            self.approve(party, label, on(week, SUNDAY_APPROVALS));
        }
    }

    /// Both sides decide a break alike.
    pub(super) fn resolve(&mut self, planted: Option<usize>, week: u32) {
        use Decision::{Acknowledged, Explained};
        let Some(one) = planted.and_then(|number| self.planted.get(number)).cloned() else {
            return;
        };
        let decision = self.dice.pick(Explained, &[Acknowledged]);
        for party in Party::BOTH {
            let fact = Resolution { class: one.class, evidence: one.evidence.clone(), decision };
            let act = self.said(party, Fact::Resolution(fact));
            let label = self.put(on(week, SUNDAY), act);
            self.approve(party, label, on(week, SUNDAY_APPROVALS));
        }
        self.close(planted, on(week, SUNDAY_APPROVALS));
    }

    /// Whether a break of this class has an evidence that is certain, so that it can be decided.
    pub(super) const fn is_decidable(class: BreakClass) -> bool {
        matches!(
            class,
            BreakClass::HeadcountMismatch
                | BreakClass::DateMismatch
                | BreakClass::PlaceMismatch
                | BreakClass::LateRequest
                | BreakClass::AttestationMissing
                | BreakClass::ShortNotice
                | BreakClass::VisaTooLong
        )
    }
}
