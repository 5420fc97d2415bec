// Name: Patience without end
// Says: your room keeps everything for a member who does not read
// Caught-by: Use12c_Chat.WhoDoesNotReadIsThrownOut

//: use-12c
void ChatRoom::tell_others(const Member& speaker, const std::string& line) {
  for (Member& member : members_) {
    if (&member == &speaker || member.stream.is_closing()) continue;
    member.stream.write(line);
  }
}
