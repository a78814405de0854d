//! Nationalities and issuers of documents: three letters, as they stand in the machine-readable
//! zone.

/// ISO 3166-1 alpha-3: the officially assigned codes, all 249.
const ISO_3166: &str = "\
    ABW AFG AGO AIA ALA ALB AND ARE ARG ARM ASM ATA ATF ATG AUS AUT AZE BDI BEL BEN BES BFA \
    BGD BGR BHR BHS BIH BLM BLR BLZ BMU BOL BRA BRB BRN BTN BVT BWA CAF CAN CCK CHE CHL CHN \
    CIV CMR COD COG COK COL COM CPV CRI CUB CUW CXR CYM CYP CZE DEU DJI DMA DNK DOM DZA ECU \
    EGY ERI ESH ESP EST ETH FIN FJI FLK FRA FRO FSM GAB GBR GEO GGY GHA GIB GIN GLP GMB GNB \
    GNQ GRC GRD GRL GTM GUF GUM GUY HKG HMD HND HRV HTI HUN IDN IMN IND IOT IRL IRN IRQ ISL \
    ISR ITA JAM JEY JOR JPN KAZ KEN KGZ KHM KIR KNA KOR KWT LAO LBN LBR LBY LCA LIE LKA LSO \
    LTU LUX LVA MAC MAF MAR MCO MDA MDG MDV MEX MHL MKD MLI MLT MMR MNE MNG MNP MOZ MRT MSR \
    MTQ MUS MWI MYS MYT NAM NCL NER NFK NGA NIC NIU NLD NOR NPL NRU NZL OMN PAK PAN PCN PER \
    PHL PLW PNG POL PRI PRK PRT PRY PSE PYF QAT REU ROU RUS RWA SAU SDN SEN SGP SGS SHN SJM \
    SLB SLE SLV SMR SOM SPM SRB SSD STP SUR SVK SVN SWE SWZ SXM SYC SYR TCA TCD TGO THA TJK \
    TKL TKM TLS TON TTO TUN TUR TUV TWN TZA UGA UKR UMI URY USA UZB VAT VCT VEN VGB VIR VNM \
    VUT WLF WSM YEM ZAF ZMB ZWE";

/// ICAO Doc 9303-3 section 5: what is added to ISO 3166-1, part by part.
const ICAO_9303: &[(&str, &str)] = &[
    // Part A: British nationalities other than British citizen.
    ("GBD", "British Overseas Territories citizen"),
    ("GBN", "British National (Overseas)"),
    ("GBO", "British Overseas citizen"),
    ("GBP", "British protected person"),
    ("GBS", "British subject"),
    // Part B: reserved by ISO 3166 for others, or in use without a code of its own.
    ("EUE", "European Union"),
    ("RKS", "Kosovo"),
    // Part C: laissez-passers of the United Nations.
    ("UNO", "United Nations"),
    ("UNA", "specialized agency of the United Nations"),
    ("UNK", "resident of Kosovo, by the United Nations mission there"),
    // Part D: other issuing authorities.
    ("XBA", "African Development Bank"),
    ("XIM", "African Export-Import Bank"),
    ("XCC", "Caribbean Community"),
    ("XCE", "Council of Europe"),
    ("XCO", "Common Market for Eastern and Southern Africa"),
    ("XEC", "Economic Community of West African States"),
    ("XPO", "International Criminal Police Organization"),
    ("XES", "Organization of Eastern Caribbean States"),
    ("XMP", "Parliamentary Assembly of the Mediterranean"),
    ("XOM", "Sovereign Military Order of Malta"),
    ("XDC", "Southern African Development Community"),
    // Part E: persons without a defined nationality.
    ("XXA", "stateless person (Convention of 1954)"),
    ("XXB", "refugee (Convention of 1951)"),
    ("XXC", "refugee by another instrument"),
    ("XXX", "unspecified nationality"),
];

/// Why a code is not one of a nationality or issuer. It does not repeat what was given: that is
/// personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadNationality {
    /// In no list.
    #[error("not a code of ISO 3166-1 alpha-3 or ICAO Doc 9303-3; XXX if it is not known")]
    Unknown,
    /// Germany as the machine-readable zone has it.
    #[error("Germany is written DEU here, not D")]
    Germany,
    /// The country of specimens.
    #[error("UTO is the country of specimens; write XXX if the nationality is not known")]
    Specimen,
}

/// Checks the code of a nationality, or of an issuer of documents, against the closed list.
///
/// # Errors
/// If it is not in it, with what to write instead where that is clear.
pub fn check_nationality(code: &str) -> Result<(), BadNationality> {
    match code {
        "D" | "D<<" => return Err(BadNationality::Germany),
        "UTO" => return Err(BadNationality::Specimen),
        _ => {}
    }
    let listed = ICAO_9303.iter().any(|(one, _)| *one == code);
    let assigned = || ISO_3166.split_ascii_whitespace().any(|one| one == code);
    if listed || assigned() { Ok(()) } else { Err(BadNationality::Unknown) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_is_iso_with_what_icao_adds() {
        let assigned: BTreeSet<&str> = ISO_3166.split_ascii_whitespace().collect();
        assert_eq!(assigned.len(), 249);
        let added: BTreeSet<&str> = ICAO_9303.iter().map(|(code, _)| *code).collect();
        assert_eq!(added.len(), ICAO_9303.len());
        assert!(assigned.is_disjoint(&added));
        for code in assigned.iter().chain(&added) {
            assert!(
                code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()),
                "{code}"
            );
            assert_eq!(check_nationality(code), Ok(()), "{code}");
        }
        for code in ["GBR", "FRA", "DEU", "ERI", "XXA", "XXB", "XXC", "XXX", "GBO", "UNK", "RKS"] {
            assert_eq!(check_nationality(code), Ok(()), "{code}");
        }
    }

    #[test]
    fn a_code_outside_the_list_is_refused_without_being_repeated() {
        for code in [
            "", "XX", "XXXX", "fra", "FR", "GB", "ZZZ", "AAA", "XKX", "SUN", "YUG", "ANT", "EUR",
            "XXD", " FRA", "FRA ", "ÉRI", "ABWA", "W A", "AFG AGO",
        ] {
            let refused = check_nationality(code).unwrap_err();
            assert_eq!(refused, BadNationality::Unknown, "{code:?}");
            assert!(code.len() < 3 || !refused.to_string().contains(code), "{code:?}");
        }
        assert_eq!(check_nationality("D"), Err(BadNationality::Germany));
        assert_eq!(check_nationality("D<<"), Err(BadNationality::Germany));
        assert_eq!(check_nationality("UTO"), Err(BadNationality::Specimen));
        assert!(BadNationality::Germany.to_string().contains("DEU"));
        assert!(BadNationality::Specimen.to_string().contains("XXX"));
    }
}
