// Name: Taking each read for a line
// Says: you answer what a read brought, whether or not the line has ended
// Caught-by: Use4c_Shouter.PutsALineTogether

//: use-4c
void Shouter::answer_lines() {
  std::size_t begin = 0;
  for (std::size_t end; (end = arrived_.find('\n', begin)) != std::string::npos; begin = end + 1) {
    shout(std::string_view(arrived_).substr(begin, end - begin));
  }
  if (begin < arrived_.size()) shout(std::string_view(arrived_).substr(begin));
  arrived_.clear();
}
