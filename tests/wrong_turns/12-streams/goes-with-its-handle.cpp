// Name: A state that goes with its Stream
// Says: your close() does not keep the state alive: when the Stream goes, what waits is lost
// Caught-by: Step6_End.CloseSendsWhatIsLeft

//: 12.6
inline void StreamState::close() {
  if (std::exchange(closing_, true) || gone()) return;
  end_reading();
  if (out_.empty() || loop() == nullptr || loop()->is_closed()) return shut_down();
  loop()->admit(*this);
}
