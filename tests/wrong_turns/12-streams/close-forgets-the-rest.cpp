// Name: A close that drops bytes
// Says: your close() closes the descriptor before the bytes that wait are sent
// Caught-by: Step6_End.CloseSendsWhatIsLeft

//: 12.6
inline void StreamState::close() {
  if (std::exchange(closing_, true) || gone()) return;
  end_reading();
  shut_down();
}
