// Name: Listening on after the time is over
// Says: your as_completed goes on to listen to its tasks when the time is over, and hands out what
//   comes too late
// Caught-by: Step6_Limit.WhatIsDoneTooLateDoesNotCount

//: 8.6
template <class Handle>
void Completions<Handle>::run() {
  timed_out_ = true;
  while (!takers_.empty()) wake_one();
}
