// Name: Streams without the server's options
// Says: your server makes each stream with the options that everybody has, not with its own
// Caught-by: Step7_Accept.TheirStreamsHaveTheServersOptions

//: 12.7
inline void ServerState::serve(UniqueFd socket) {
  const Ref state(new StreamState(*loop(), std::move(socket), StreamOptions()));
  state->set_keeper(Ref<StreamKeeper>(this));
  streams_.push_back(*state);
  ++connections_;
  create_task_on(*loop(), handle(Ref(this), Stream(state)));
}
