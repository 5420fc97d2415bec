// Name: Waits for ever
// Says: your stop() asks once, and waits for a child that does not listen
// Caught-by: Step4_Stop.KillsWhatDoesNotListen

//: 14.4
inline Coro<int> Process::stop(Ref<detail::ChildProcess> child, Delay grace) {
  if (!child->has_ended()) {
    if (child->leads_group())
      child->send_to_group(SIGTERM);
    else
      child->send("stop", SIGTERM);
  }
  co_return co_await wait_for_end(child);
}
