use std::collections::BTreeSet;

use super::*;

#[test]
fn every_bug_has_a_name_of_its_own() {
    let names: BTreeSet<&str> = Bug::ALL.iter().map(|bug| bug.name()).collect();
    assert_eq!(names.len(), Bug::ALL.len());
    for bug in Bug::ALL {
        let mut kebab = String::new();
        for letter in format!("{bug:?}").chars() {
            if letter.is_ascii_uppercase() && !kebab.is_empty() {
                kebab.push('-');
            }
            kebab.push(letter.to_ascii_lowercase());
        }
        assert_eq!(bug.name(), kebab);
    }
}

#[test]
fn nothing_is_planted_at_first_and_then_one_bug_at_a_time() {
    let all = || -> Vec<Bug> { Bug::ALL.iter().copied().filter(|bug| planted(*bug)).collect() };
    assert_eq!(all(), []);
    for bug in Bug::ALL {
        plant(Some(*bug));
        assert_eq!(all(), [*bug]);
    }
    plant(None);
    assert_eq!(all(), []);
}
