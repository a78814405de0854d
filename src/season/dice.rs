//! A generator with a fixed seed, so that the season is the same at every run.

/// SplitMix64 (Steele, Lea and Flood, 2014): a counter and a mixing function. For plans, never for
/// secrets.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// The generator of this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 if `end` is 0.
    pub const fn below(&mut self, end: u64) -> u64 {
        match self.roll().checked_rem(end) {
            Some(number) => number,
            None => 0,
        }
    }

    /// A number of weeks or days below `end`.
    pub fn below_u32(&mut self, end: u32) -> u32 {
        u32::try_from(self.below(end.into())).unwrap_or(0)
    }

    /// True once in so many times.
    pub const fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    /// One of these, each as likely as the others; name one twice to make it likelier.
    pub fn pick<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        let all = others.len().saturating_add(1);
        let index = usize::try_from(self.below(u64::try_from(all).unwrap_or(1))).unwrap_or(0);
        index.checked_sub(1).and_then(|index| others.get(index)).copied().unwrap_or(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_gives_the_published_numbers_of_splitmix64() {
        let mut dice = Dice::new(1_234_567);
        let rolls: Vec<u64> = (0..3).map(|_| dice.roll()).collect();
        let published =
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423];
        assert_eq!(rolls, published);
    }

    #[test]
    fn every_choice_comes_up_and_none_lies_outside() {
        let mut dice = Dice::new(1);
        let mut seen = [0; 4];
        for _ in 0..400 {
            seen[usize::from(dice.pick(0_u8, &[1, 2, 3]))] += 1;
        }
        assert!(seen.iter().all(|count| *count > 50), "{seen:?}");
        assert_eq!((dice.below(0), dice.below(1), dice.pick(7, &[])), (0, 0, 7));
    }
}
