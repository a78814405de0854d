//! Other keys, between two groups: all that one group signs is signed with the same ones.

use super::{
    Refused, Reply, Signatures,
    group::Scribe,
    signer::{Signer, Successors},
};
use crate::{envelope::Role, store::Store};

impl<S: Store, K: Signatures> Scribe<S, K> {
    /// Takes other keys, and says whether it has.
    pub(super) fn rekey(&mut self, keys: Successors, reply: Reply<()>) {
        let answer = self.replace_keys(keys);
        self.answer(reply, answer);
    }

    /// The group is not committed, and whoever sent other keys hears that the former ones stay.
    pub(super) fn keep_former_keys(&mut self) {
        if let Some(former) = self.replaced.take() {
            self.keys = former;
        }
    }

    /// Lets other keys sign, if each new record key may sign in its role at our next position. The
    /// keys of log and mirror stay those of the agreement: whoever loads keys compares them.
    pub(super) fn replace_keys(&mut self, keys: Successors) -> Result<(), Refused> {
        let Successors(keys) = keys;
        for role in [Role::Caseworker, Role::Ledger] {
            let key = keys.record_key(role).ok_or(Refused::NoKey { role })?;
            if self.keys.record_key(role) == Some(key) {
                continue;
            }
            let party = self.seat.party;
            let (ledger, next) = (self.state.reader(party).keys(), self.state.size(party).next());
            if ledger.signer(&key, role, next).is_none() {
                return Err(Refused::NotEnrolled { role, key: key.id() });
            }
        }
        let former = std::mem::replace(&mut self.keys, Signer::Newer(keys));
        // Of several in one group, those before the first.
        self.replaced.get_or_insert(former);
        Ok(())
    }
}
