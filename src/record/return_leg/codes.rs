//! The code lists of the return leg. Where the published text names no list, the source of the
//! model stands beside it; a version of the agreement says which scope codes are in force.

codes! {
    /// Why a person falls under readmission (Art. 3).
    pub enum Scope: "scope code" {
        /// Claims protection after a dangerous journey by small craft from France (Art. 3(a)).
        ProtectionClaim = 1 => "protection-claim",
        /// Apprehended in connection with such a crossing (Art. 3(b)).
        Apprehended = 2 => "apprehended",
        /// Disembarked after search and rescue following such a journey (Art. 3(c)).
        SearchAndRescue = 3 => "search-and-rescue",
        /// Was returned under the agreement and came back by other means than a small craft (the
        /// amendment of June 2026); in force only where the provisions say so.
        ReEntry = 4 => "re-entry",
    }
}

codes! {
    /// What shows that a scope code applies (Art. 7); the evidence itself never travels here.
    pub enum Evidence: "evidence kind" {
        /// An officer's report of the interception or landing.
        OfficerReport = 1 => "officer-report",
        /// The person's own statement.
        OwnStatement = 2 => "own-statement",
        /// A travel or identity document.
        Document = 3 => "document",
        /// A match of fingerprints or photographs.
        BiometricMatch = 4 => "biometric-match",
        /// Pictures or positions of the craft.
        CraftTrack = 5 => "craft-track",
    }
}

codes! {
    /// Whether France accepts.
    pub enum AnswerOutcome: "answer" {
        /// The person will be readmitted.
        Accepted = 1 => "accepted",
        /// The person will not; a ground stands beside it.
        Refused = 2 => "refused",
    }
}

codes! {
    /// Grounds of refusal: a code, and nothing about the person (Art. 4(1), Art. 16(1)).
    pub enum RefusalGround: "refusal ground" {
        /// No scope code of Art. 3 applies.
        NotInScope = 1 => "not-in-scope",
        /// The evidence does not suffice (Art. 7).
        EvidenceInsufficient = 2 => "evidence-insufficient",
        /// Asked more than 14 days after arrival.
        LateRequest = 3 => "late-request",
        /// An unaccompanied minor.
        UnaccompaniedMinor = 4 => "unaccompanied-minor",
        /// Merely in the transit zone of a French crossing point.
        TransitZoneOnly = 5 => "transit-zone-only",
        /// Public order, internal security, public health or international relations.
        PublicOrder = 6 => "public-order",
        /// The numbers are out of balance (Art. 1(3)).
        Imbalance = 7 => "imbalance",
        /// The three months of the procedure have passed (Art. 1(1)).
        TimeExhausted = 8 => "time-exhausted",
        /// The agreement is not in force.
        NotInForce = 9 => "not-in-force",
    }
}

codes! {
    /// What the United Kingdom attests at the time of transfer (Art. 4(1)(b), (d), (e)).
    pub enum Attestation: "attestation" {
        /// Adults, or minors who are accompanied.
        AdultOrAccompanied = 1 => "adult-or-accompanied",
        /// No protection or human-rights claim is pending (Art. 4(1)(d) and (e)).
        NoPendingClaim = 2 => "no-pending-claim",
        /// No suspensive remedy is pending.
        NoSuspensiveRemedy = 3 => "no-suspensive-remedy",
        /// No court forbids the transfer.
        NoCourtBar = 4 => "no-court-bar",
    }
}

codes! {
    /// How persons travel.
    pub enum Transport: "means of transport" {
        /// By air.
        Air = 1 => "air",
        /// By sea.
        Sea = 2 => "sea",
        /// By rail.
        Rail = 3 => "rail",
        /// By road.
        Road = 4 => "road",
    }
}

codes! {
    /// What came of a transport.
    pub enum ArrivalOutcome: "arrival outcome" {
        /// All who departed arrived.
        Arrived = 1 => "arrived",
        /// Some of those who departed arrived.
        Partly = 2 => "partly",
        /// Nobody arrived.
        NotArrived = 3 => "not-arrived",
    }
}

codes! {
    /// Why France takes longer to answer; the two reasons of Implementing Regulation (EU)
    /// 2025/2055, Annex IV.
    pub enum ExtensionReason: "extension reason" {
        /// The case is complex.
        ComplexCase = 1 => "complex-case",
        /// Many requests came at once.
        LargeNumber = 2 => "large-number",
    }
}

codes! {
    /// What France says to a transport that is announced (Implementing Regulation (EU) 2025/2055,
    /// Art. 22 to 26).
    pub enum ReplyOutcome: "transfer reply" {
        /// The transport may come as announced.
        Confirmed = 1 => "confirmed",
        /// Another day or place is proposed, which stands beside it.
        CounterProposed = 2 => "counter-proposed",
    }
}

codes! {
    /// Why a transport or a case is put off (Implementing Regulation (EU) 2025/2055, Art. 28).
    pub enum PostponementReason: "postponement reason" {
        /// A suspensive remedy is pending (Art. 4(1)).
        SuspensiveRemedy = 1 => "suspensive-remedy",
        /// A court forbids the transfer for now (Art. 4(1)).
        CourtOrder = 2 => "court-order",
        /// A ground about the person that has no place in this channel, such as health.
        NotStated = 3 => "not-stated",
        /// The person absconded.
        Absconded = 4 => "absconded",
        /// A disturbance kept the person from boarding.
        Disruption = 5 => "disruption",
        /// No carrier, weather, strike.
        Carrier = 6 => "carrier",
    }
}

codes! {
    /// Why a case is taken back. Each makes erasure due (compare CESEDA R.142-30).
    pub enum WithdrawalReason: "withdrawal reason" {
        /// The measure was annulled, repealed or withdrawn.
        MeasureAnnulled = 1 => "measure-annulled",
        /// The transfer, or the visa, is no longer sought.
        NoLongerSought = 2 => "no-longer-sought",
        /// The case was opened in error.
        OpenedInError = 3 => "opened-in-error",
    }
}

codes! {
    /// Whether France holds what a request commits to.
    pub enum DisclosureOutcome: "disclosure status" {
        /// All disclosures are held and match.
        Held = 1 => "held",
        /// Some have not come.
        Missing = 2 => "missing",
        /// Some do not open their commitment.
        Mismatching = 3 => "mismatching",
    }
}
