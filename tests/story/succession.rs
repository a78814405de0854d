//! From logs that have ended to their successors, with the program's own verbs.

use serde_json::Value;

use crate::site::Site;

/// The call that makes the succession; the name of its file follows.
pub(crate) fn call(side: &str, reason: &str) -> String {
    format!(
        "log succession --config {side}.toml --reason {reason} --gbr gbr-keys-2/successor.toml \
         --fra fra-keys-2/successor.toml --json --out"
    )
}

/// New keys for one more log of a side.
pub(crate) fn keys(site: &Site, side: &str, folder: &str) {
    let party = side.to_uppercase();
    site.good(&format!(
        "keys successor --party {party} --from {side}-keys --dir {side}-{folder} \
         --origin {side}.example/2026/log"
    ));
}

/// New keys, the succession, and a configuration `gbr-2` and `fra-2` for each new log; gives the
/// digest.
pub(crate) fn prepare(site: &Site, reason: &str) -> String {
    for side in ["gbr", "fra"] {
        keys(site, side, "keys-2");
    }
    let [gbr, fra] = ["gbr", "fra"].map(|side| {
        let call = format!("{} {side}-succession.toml", call(side, reason));
        let made: Value = serde_json::from_str(&site.good(&call)).unwrap();
        assert_eq!(made["succession"]["number"], 1);
        made["digest"].as_str().unwrap().to_owned()
    });
    assert_eq!(gbr, fra, "both sides make the same succession");
    assert_eq!(site.read("gbr-succession.toml"), site.read("fra-succession.toml"));
    for side in ["gbr", "fra"] {
        let state = format!(
            "succession = \"{side}-succession.toml\"\nsuccession_digest = \"{gbr}\"\n\
             [state]\npredecessors = [\"{side}-state\"]\n"
        );
        let text = site
            .read(&format!("{side}.toml"))
            .replace("[state]\n", &state)
            .replace(&format!("\"{side}-state\"\nmark"), &format!("\"{side}-state-2\"\nmark"))
            .replace(&format!("mark/{side}"), &format!("mark/{side}-2"))
            .replace(
                &format!("directory = \"{side}-keys\""),
                &format!("directory = \"{side}-keys-2\""),
            );
        site.write(&format!("{side}-2.toml"), &text);
    }
    gbr
}

/// The logs that ended and their successors verify, on both sides.
pub(crate) fn all_verify(site: &Site) {
    for side in ["gbr", "fra", "gbr-2", "fra-2"] {
        site.good(&format!("log verify --config {side}.toml"));
    }
}
