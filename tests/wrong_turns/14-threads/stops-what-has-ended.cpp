// Name: Stops what has ended
// Says: your stop() sends a signal to a child that has ended
// Caught-by: Step4_Stop.OneThatHasEndedIsLeftAlone

//: 14.4
inline Coro<int> Process::stop(Ref<detail::ChildProcess> child, Delay grace) {
  const auto send = [&child](int signal) {
    if (child->leads_group()) return child->send_to_group(signal);
    child->send("stop", signal);
  };
  send(SIGTERM);
  try {
    co_await wait_for(child->ended.wait(), grace);
  } catch (const TimeoutError&) {
    send(SIGKILL);
  }
  co_return co_await wait_for_end(child);
}
