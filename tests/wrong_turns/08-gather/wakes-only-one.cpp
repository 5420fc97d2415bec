// Name: Waking one when the time is over
// Says: your as_completed wakes one of those who wait; the others never hear that the time is over
// Caught-by: Step6_Limit.WakesAllWhoWait

//: 8.6
template <class Handle>
void Completions<Handle>::run() {
  timed_out_ = true;
  for (Hook& hook : hooks_) hook.unlink();
  wake_one();
}
