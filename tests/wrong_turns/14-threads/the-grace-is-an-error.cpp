// Name: The grace is an error
// Says: your stop() throws TimeoutError when the grace is over, and leaves the child running
// Caught-by: Step4_Stop.KillsWhatDoesNotListen

//: 14.4
inline Coro<int> Process::stop(Ref<detail::ChildProcess> child, Delay grace) {
  if (!child->has_ended()) {
    if (child->leads_group())
      child->send_to_group(SIGTERM);
    else
      child->send("stop", SIGTERM);
  }
  co_await wait_for(child->ended.wait(), grace);
  co_return co_await wait_for_end(child);
}
