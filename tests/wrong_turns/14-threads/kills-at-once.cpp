// Name: Kills at once
// Says: your stop() does not ask the child to end before it kills it
// Caught-by: Step4_Stop.AsksFirst

//: 14.4
inline Coro<int> Process::stop(Ref<detail::ChildProcess> child, Delay grace) {
  if (!child->has_ended()) {
    if (child->leads_group())
      child->send_to_group(SIGKILL);
    else
      child->send("stop", SIGKILL);
  }
  co_return co_await wait_for_end(child);
}
