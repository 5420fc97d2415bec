// Name: Counting connections, and not knowing which
// Says: your server has connections that it cannot close
// Caught-by: Step7_Accept.TheServerKnowsItsConnections

//: 12.7
inline void ServerState::serve(UniqueFd socket) {
  const Ref state(new StreamState(*loop(), std::move(socket), options_.stream));
  state->set_keeper(Ref<StreamKeeper>(this));
  ++connections_;
  create_task_on(*loop(), handle(Ref(this), Stream(state)));
}
