// Name: A close for one who does not read
// Says: you close() one who does not read: what waits is sent first, and that takes for ever
// Caught-by: Use12c_Chat.WhoDoesNotReadIsThrownOut

//: use-12c
void ChatRoom::tell_others(const Member& speaker, const std::string& line) {
  for (Member& member : members_) {
    if (&member == &speaker || member.stream.is_closing()) continue;
    member.stream.write(line);
    if (member.stream.unsent() > patience_) member.stream.close();
  }
}
