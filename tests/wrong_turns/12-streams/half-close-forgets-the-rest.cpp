// Name: A half-close that comes too early
// Says: your write_eof() ends the direction before the bytes that wait are sent
// Caught-by: Step6_End.HalfCloseComesAfterTheBytes

//: 12.6
inline void StreamState::write_eof() {
  if (std::exchange(eof_asked_, true) || closing_ || gone()) return;
  finish_output();
}
