// Name: Does not wait for the end
// Says: your stop() has killed the child, and asks how it ended before it has
// Caught-by: Step4_Stop.KillsWhatDoesNotListen

//: 14.4
inline Coro<int> Process::stop(Ref<detail::ChildProcess> child, Delay grace) {
  const auto send = [&child](int signal) {
    if (child->has_ended()) return;
    if (child->leads_group()) return child->send_to_group(signal);
    child->send("stop", signal);
  };
  send(SIGTERM);
  try {
    co_await wait_for(child->ended.wait(), grace);
  } catch (const TimeoutError&) {
    send(SIGKILL);
  }
  co_return child->how_it_ended();
}
