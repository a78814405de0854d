//! The fixed list of personal data that a readmission request commits to.

codes! {
    /// One personal datum. The list is fixed, and each request commits to all of it, in this order:
    /// what is absent has a decoy, so that the shape of a record tells nothing.
    pub enum Datum: "datum" {
        /// Family names, as in the machine-readable zone (ICAO Doc 9303-3).
        FamilyNames = 1 => "family-names",
        /// Given names, as in the machine-readable zone.
        GivenNames = 2 => "given-names",
        /// The whole name in the script of the document.
        NativeNames = 3 => "native-names",
        /// Date of birth; day and month may be unknown (ICAO Doc 9303-3).
        DateOfBirth = 4 => "date-of-birth",
        /// Sex: M, F or X (ICAO Doc 9303-3).
        Sex = 5 => "sex",
        /// Nationality, by its code.
        Nationality = 6 => "nationality",
        /// The type of the document.
        DocumentType = 7 => "document-type",
        /// The number of the document.
        DocumentNumber = 8 => "document-number",
        /// Who issued the document, by its code.
        DocumentIssuer = 9 => "document-issuer",
        /// The last day of the document's validity.
        DocumentExpiry = 10 => "document-expiry",
    }
}
