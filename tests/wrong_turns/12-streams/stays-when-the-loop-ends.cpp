// Name: A state that outlives its loop
// Says: your close() keeps the state alive, and the loop does not know: when the loop ends, the
//   descriptor stays open
// Caught-by: Step6_End.WhatACloseLeftEndsWithTheLoop

//: 12.6
inline void StreamState::close() {
  if (std::exchange(closing_, true) || gone()) return;
  end_reading();
  if (out_.empty() || loop() == nullptr || loop()->is_closed()) return shut_down();
  self_ = Ref<StreamState>(this);
}
