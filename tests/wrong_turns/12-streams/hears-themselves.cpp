// Name: An echo in the room
// Says: in your room members hear their own lines
// Caught-by: Use12c_Chat.NobodyHearsThemselves

//: use-12c
void ChatRoom::tell_others(const Member& speaker, const std::string& line) {
  (void)speaker;
  for (Member& member : members_) {
    if (member.stream.is_closing()) continue;
    member.stream.write(line);
    if (member.stream.unsent() > patience_) member.stream.abort();
  }
}
