//! temporary
use crate::{cli::client::{Client, ClientError}, names::Week, reconcile::Verdict, daemon::scribe::WeekView};
/// how it went
pub enum Outcome { /// joint
    Joint(Box<WeekView>), /// not
    Other(Box<WeekView>) }
impl std::fmt::Display for Outcome { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { match self { Self::Joint(_) => f.write_str("joint"), Self::Other(v) => write!(f, "{:?} missing {:?} {:?}", v.verdict, v.missing, v.differences) } } }
/// run
/// # Errors
/// client
pub async fn run_week(client: &Client, week: Week, wait: u64) -> Result<Outcome, ClientError> {
    let mut view = client.close_week(week).await?;
    for _ in 0..wait {
        if view.body.is_some() && view.verdict == Verdict::Awaiting { view = client.state_week(week).await?; }
        if view.verdict != Verdict::Awaiting { break; }
        view = client.week(week, 1).await?;
    }
    Ok(if view.verdict == Verdict::Joint { Outcome::Joint(Box::new(view)) } else { Outcome::Other(Box::new(view)) })
}
