// Name: Writes to nobody
// Says: your write() drops what comes after the end of the connection, and nobody ever hears of it
// Caught-by: Step6_End.WhoeverWritesOnToNobodyIsReported

//: 12.5
inline void StreamState::write(std::string_view data) {
  if (eof_asked_) throw InvalidStateError("write: write_eof() has been called on this stream");
  if (data.empty() || gone()) return;
  if (out_.empty()) data.remove_prefix(send_some(data));
  if (!gone()) out_.append(data);
}
