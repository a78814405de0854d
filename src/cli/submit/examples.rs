//! The worked example of each kind that is submitted, as the documentation has it.

use crate::record::Kind;

macro_rules! examples {
    ($( $kind:ident = $name:literal, )+ ; $( $none:ident, )+) => {
        /// The example of a kind; none of those that nobody submits.
        pub(super) const fn of(kind: Kind) -> Option<&'static str> {
            match kind {
                $(
                    Kind::$kind => {
                        Some(include_str!(concat!("../../../docs/examples/", $name, ".json")))
                    }
                )+
                $( Kind::$none )|+ => None,
            }
        }
    };
}
examples! {
    ReadmissionRequest = "readmission-request",
    ReplyExtension = "reply-extension",
    Answer = "answer",
    TransferNotice = "transfer-notice",
    TransferReply = "transfer-reply",
    Postponement = "postponement",
    Withdrawal = "withdrawal",
    Departure = "departure",
    Arrival = "arrival",
    DisclosureStatus = "disclosure-status",
    Allocation = "allocation",
    WindowStatus = "window-status",
    VisaIssued = "visa-issued",
    TravelNotice = "travel-notice",
    DepartureCount = "departure-count",
    Admission = "admission",
    Lapse = "lapse",
    Correction = "correction",
    Reversal = "reversal",
    WrongDataNotice = "wrong-data-notice",
    Erasure = "erasure",
    OutageNotice = "outage-notice",
    BreakResolution = "break-resolution",
    AgreementVersion = "agreement-version",
    KeyEvent = "key-event",
    ; Agreement, Objection, Entanglement, WeekClose, WeeklyStatement, Approval, LogEnd,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_that_is_submitted_has_an_example_of_its_own() {
        for kind in Kind::ALL {
            let example = of(*kind);
            assert_eq!(example.is_some(), kind.is_submitted(), "{kind}");
            let named = format!("\"kind\": \"{kind}\"");
            assert!(example.is_none_or(|text| text.contains(&named)), "{kind}");
        }
    }
}
