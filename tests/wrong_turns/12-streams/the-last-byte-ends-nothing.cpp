// Name: An end that was put off, and forgotten
// Says: your flush() sends the last byte and does not call finish_output(): what was asked for
//   meanwhile, by write_eof() or close(), is never done
// Caught-by: Step6_End.HalfCloseComesAfterTheBytes, Step6_End.CloseSendsWhatIsLeft

//: 12.5
inline void StreamState::flush() {
  const std::size_t sent = send_some(out_.view());
  if (gone()) return;
  out_.drop(sent);
  wake_drained();
}
