/* SPDX-License-Identifier: MIT */
/* U18: C++'s standard library on 16-bit text: strings, containers, numbers, the C functions in std. */
/* sources: c++ run */
#include <windows.h>
#include <algorithm>
#include <codecvt>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <cwctype>
#include <fstream>
#include <functional>
#include <iostream>
#include <locale>
#include <map>
#include <memory>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>
#include "check.h"

static_assert(sizeof(wchar_t) == 2 && sizeof(WCHAR) == 2, "WCHAR is wchar_t");

static void strings()
{
	std::wstring text = L"device";

	text += L"#interface";
	text.insert(0, L"\\\\?\\");
	CHECK(text.size() == 20 && text.find(L'#') == 10 && text.substr(4, 6) == L"device");
	CHECK(wcslen(text.c_str()) == text.size() && text.compare(L"\\\\?\\device") > 0);
	std::transform(text.begin(), text.end(), text.begin(), towupper);
	CHECK(text == L"\\\\?\\DEVICE#INTERFACE" &&
	      std::wstring_view(text).substr(0, 2) == L"\\\\");
	CHECK(std::to_wstring(42) == L"42" && std::stoi(L"-17") == -17);
	CHECK(std::stoul(std::wstring(L"ff"), nullptr, 16) == 255 && std::stod(L"2.5") == 2.5);
	CHECK(std::hash<std::wstring>()(L"a") != std::hash<std::wstring>()(L"b"));
}

static void functions()
{
	wchar_t text[32];
	size_t (*length)(const wchar_t *) = &std::wcslen;

	CHECK(std::wcslen(L"four") == 4 && length(L"five5") == 5);
	CHECK(std::wcscmp(std::wcscpy(text, L"abc"), L"abc") == 0 &&
	      std::wcschr(text, L'c') == text + 2);
	CHECK(std::swprintf(text, 32, L"%ls-%lu", L"x", (DWORD)7) == 3 &&
	      !std::wcscmp(text, L"x-7"));
	CHECK(std::towlower(L'A') == L'a' && std::iswdigit(L'5') &&
	      std::wcstol(L"12", nullptr, 10) == 12);
	CHECK(std::wmemcmp(L"ab", L"ac", 2) < 0);
}

static void conversions()
{
	const char *narrow = "t\u00fc\U0001f600";
	std::wstring wide = L"t\u00fc\xd83d\xde00";
	std::wstring_convert<std::codecvt_utf8_utf16<wchar_t>> convert;

	CHECK(convert.to_bytes(wide) == narrow && convert.from_bytes(narrow) == wide);
	CHECK(std::wstring_convert<std::codecvt_utf8<wchar_t>>().from_bytes("t\u00fc") ==
	      L"t\u00fc");
	CHECK(std::regex_match("VID_1234", std::regex("VID_[0-9A-F]{4}")));
}

static void others()
{
	std::map<std::wstring, std::vector<GUID>> devices;
	std::ostringstream narrow;
	std::unique_ptr<BYTE[]> bytes(new BYTE[16]());
	int told = 0;

	devices[L"b"].push_back(GUID());
	devices[L"a"];
	CHECK(devices.begin()->first == L"a" && devices.size() == 2);
	narrow << "code " << (DWORD)5 << ' ' << std::hex << 255 << (bytes[0] ? "!" : ".");
	CHECK(narrow.str() == "code 5 ff.");
	try {
		std::stoi(L"none");
	} catch (const std::invalid_argument &) {
		told = 2;
	}
	CHECK(told == 2);
}

int main()
{
	strings();
	functions();
	conversions();
	others();
	std::cout << failures << std::endl;
	return failures;
}
