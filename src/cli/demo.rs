//! `entente demo`: two real daemons on loopback exchange a season of records, close every week
//! jointly, and survive a SIGKILL; then everything is verified and left in a folder.
//!
//! The season is constructed to meet the published totals; it is nobody's history.

mod agreed;
mod kill;
mod look;
mod play;
mod published;
mod report;
mod season;
mod sides;
mod stage;
mod table;
mod verb;

use std::{io::IsTerminal, path::Path};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

pub use agreed::agreed_at;
pub use kill::Survival;
pub use play::PlayError;
pub use published::{Figure, figures};
pub use report::{Balance, DemoReport, PublishedRow, Receipts, WeekRow};
pub use season::{NoSeason, Season};
pub use stage::{Stage, StageError};
pub use table::render;
pub(super) use verb::{Arguments, run};

use look::Look;
use play::Play;

use crate::{
    daemon::{audit::audit, clock::Clock, config::Config, init::store_file},
    names::Party,
    reconcile::{Verdict, verdict},
    store::SqliteStore,
};

/// Why a demo failed.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The season.
    #[error("the season: {0}")]
    Season(#[from] NoSeason),
    /// The folder.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// The play.
    #[error(transparent)]
    Play(#[from] PlayError),
    /// The event loop.
    #[error("the system: {0}")]
    System(#[from] std::io::Error),
}

/// What is said before the play begins, and a demo that is ready to run.
pub struct Demo {
    season: Season,
    stage: Stage,
    began: Clock,
}

impl Demo {
    /// Prepares the folder, the keys, the agreement and both logs.
    ///
    /// # Errors
    /// If the folder cannot be used, with the reason.
    pub fn prepare(folder: Option<&Path>) -> Result<Self, DemoError> {
        let began = Clock::system();
        let season = Season::published()?;
        let stage = Stage::prepare(folder, Season::begins()?)?;
        let season = season.certified(&stage.spares);
        Ok(Self { season, stage, began })
    }

    /// Where everything is.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.stage.folder
    }

    /// Plays the season with two real daemons, and looks at what they leave.
    ///
    /// # Errors
    /// If a daemon fails, or the season cannot be played to its end.
    pub fn run(self) -> Result<DemoReport, DemoError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (joint, survival) = runtime.block_on(self.play())?;
        let looks = [Look::at(&self.stage, Party::Gbr)?, Look::at(&self.stage, Party::Fra)?];
        Ok(self.report(&looks, joint, survival))
    }

    async fn play(&self) -> Result<(u64, Survival), DemoError> {
        let bar = progress_bar(&self.season);
        let mut play = Play::begin(&self.stage).await?;
        play.play(&self.season, |step| {
            bar.set_message(step.time().date().to_string());
            bar.inc(1);
        })
        .await?;
        play.end().await?;
        bar.finish_and_clear();
        let joint = u64::try_from(play.joint.len()).unwrap_or(u64::MAX);
        let survival = play.kill.take();
        Ok((joint, survival.ok_or_else(|| PlayError::Store("nobody was killed".to_owned()))?))
    }

    fn report(&self, looks: &[Look; 2], joint: u64, kill: Survival) -> DemoReport {
        let [gbr, fra] = looks;
        let days = |date| looks.each_ref().map(|look| look.agreed_at(date));
        let published =
            self.season.figures().iter().map(|one| PublishedRow::of(one, &days(one.date)));
        let bodies = gbr.state.chain.bodies();
        let by_week: Vec<WeekRow> = bodies
            .iter()
            .map(|body| {
                let (closing, joint) = (
                    &body.closing,
                    looks.iter().all(|look| {
                        look.state.chain.body(body.week) == Some(body)
                            && verdict(&look.state.books, body) == Verdict::Joint
                    }),
                );
                let (returned, admitted) = (closing.returned.agreed, closing.admitted.agreed);
                WeekRow::of(body.week, returned, admitted, joint)
            })
            .collect();
        let seen = u64::try_from(by_week.iter().filter(|row| row.joint).count());
        let agreed = looks.each_ref().map(|look| {
            let tally = look.ledger.tally();
            Balance::of(tally.returned.agreed, tally.admitted.agreed)
        });
        let records = looks.each_ref().map(Look::records);
        let same = same(&agreed) && same(&records);
        let breaks = gbr.ledger.breaks.len().max(fra.ledger.breaks.len());
        let [agreed, _] = agreed;
        DemoReport {
            rehearsal: looks.iter().all(Look::rehearsal),
            records: gbr.records(),
            weeks: u64::try_from(self.season.weeks().count()).unwrap_or(u64::MAX),
            // What the verbs said and what the stores show have to be the same.
            joint_statements: seen.unwrap_or(0).min(joint),
            breaks: u64::try_from(breaks).unwrap_or(u64::MAX),
            agreed,
            published: published.collect(),
            receipts: Receipts { gbr: gbr.receipts(), fra: fra.receipts() },
            kill_survived: kill.survived(),
            kill,
            seconds: f64::from(u32::try_from(self.began.uptime_millis()).unwrap_or(u32::MAX))
                / 1000.0,
            verified: same && Party::BOTH.into_iter().all(|party| self.verify(party)),
            by_week,
            folder: self.stage.folder.display().to_string(),
            next: self.next(),
        }
    }

    /// Both logs in a side's store are verified as `entente log verify` does it.
    fn verify(&self, party: Party) -> bool {
        let config = Config::load(self.stage.configs.of(party));
        config.is_ok_and(|config| {
            let store = SqliteStore::open_read_only(&store_file(&config));
            let seat = crate::daemon::assembly::Assembly::of(&config).map(|all| all.seat);
            matches!((store, seat), (Ok(store), Ok(seat)) if audit(&store, &seat).is_ok())
        })
    }

    /// What to look at next, as commands to be typed.
    fn next(&self) -> Vec<String> {
        let config = |party| self.stage.configs.of(party).display();
        vec![
            format!("entente log verify --config {}", config(Party::Gbr)),
            format!("entente log list --config {} --log FRA --count 20", config(Party::Fra)),
            format!("entente log show --config {} GBR:10", config(Party::Fra)),
            format!("entente statement show --config {}", config(Party::Gbr)),
            format!("entente break list --config {}", config(Party::Gbr)),
            format!("entente agreement show {}/agreement.toml", self.stage.folder.display()),
        ]
    }
}

/// Whether both stores say the same.
fn same<T: PartialEq>([gbr, fra]: &[T; 2]) -> bool {
    gbr == fra
}

/// Progress on standard error, if somebody looks at it.
fn progress_bar(season: &Season) -> ProgressBar {
    let steps = u64::try_from(season.steps().len()).unwrap_or(0);
    let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr());
    if !std::io::stderr().is_terminal() {
        bar.set_draw_target(ProgressDrawTarget::hidden());
    }
    let style = ProgressStyle::with_template(
        "playing the season [{bar:30}] {pos}/{len} steps, {msg}, {eta} left",
    );
    if let Ok(style) = style {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}
