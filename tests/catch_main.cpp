// The main program of every test program: Catch2's own. The search of fuzz/main.cpp has one of its own.
#include <catch2/catch_all.hpp>

int main(int argc, char** argv) { return Catch::Session().run(argc, argv); }
