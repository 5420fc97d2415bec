// Name: Stops the leader alone
// Says: your stop() ends the child that leads a group, and the others of the group run on
// Caught-by: Step4_Stop.TakesTheGroupAlong

//: 14.4
inline Coro<int> Process::stop(Ref<detail::ChildProcess> child, Delay grace) {
  const auto send = [&child](int signal) {
    if (!child->has_ended()) child->send("stop", signal);
  };
  send(SIGTERM);
  try {
    co_await wait_for(child->ended.wait(), grace);
  } catch (const TimeoutError&) {
    send(SIGKILL);
  }
  co_return co_await wait_for_end(child);
}
