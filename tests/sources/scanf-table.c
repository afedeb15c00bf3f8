/* SPDX-License-Identifier: MIT */
/* U18: scanf() and its kin by the documentation: l has 32 bits, and nothing behind is overwritten. */
/* sources: run no-wine */
#include <windows.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "check.h"

/* clang-format off */
static void table(void)
{
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("42", "%lu", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("42", "%ld", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("42", "%u", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("42", "%d", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("-1", "%ld", &v[0]) == 1);
		CHECK(v[0] == 0xffffffffu && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("4294967295", "%lu", &v[0]) == 1);
		CHECK(v[0] == 0xffffffffu && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("ff", "%lx", &v[0]) == 1);
		CHECK(v[0] == 255u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("0xFF", "%lx", &v[0]) == 1);
		CHECK(v[0] == 255u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("FF", "%lX", &v[0]) == 1);
		CHECK(v[0] == 255u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("17", "%lo", &v[0]) == 1);
		CHECK(v[0] == 15u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("0x10", "%li", &v[0]) == 1);
		CHECK(v[0] == 16u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("010", "%li", &v[0]) == 1);
		CHECK(v[0] == 8u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("10", "%li", &v[0]) == 1);
		CHECK(v[0] == 10u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("  7", "%lu", &v[0]) == 1);
		CHECK(v[0] == 7u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("12345", "%3lu", &v[0]) == 1);
		CHECK(v[0] == 123u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("+5", "%ld", &v[0]) == 1);
		CHECK(v[0] == 5u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(sscanf("42", "%I32u", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 0xdeadbeef);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(sscanf("42", "%llu", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(sscanf("42", "%I64u", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(sscanf("18446744073709551615", "%llu", &v[0]) == 1);
		CHECK(v[0] == ~0ull && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(sscanf("-1", "%lld", &v[0]) == 1);
		CHECK(v[0] == ~0ull && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(sscanf("123456789abcdef0", "%I64x", &v[0]) == 1);
		CHECK(v[0] == 0x123456789abcdef0ull && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(sscanf("42", "%zu", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(sscanf("42", "%Iu", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(sscanf("42", "%ju", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 99);
	}
	{
		WORD v[2] = {0, 77};
		CHECK(sscanf("65535", "%hu", &v[0]) == 1);
		CHECK(v[0] == 65535 && v[1] == 77);
	}
	{
		WORD v[2] = {0, 77};
		CHECK(sscanf("-1", "%hd", &v[0]) == 1);
		CHECK(v[0] == 65535 && v[1] == 77);
	}
	{
		BYTE v[2] = {0, 77};
		CHECK(sscanf("200", "%hhu", &v[0]) == 1);
		CHECK(v[0] == 200 && v[1] == 77);
	}
	{
		float v[2] = {0, 9};
		CHECK(sscanf("1.5", "%f", &v[0]) == 1);
		CHECK(v[0] == 1.5f && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(sscanf("1.5", "%lf", &v[0]) == 1);
		CHECK(v[0] == 1.5 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(sscanf("-2.25e2", "%lf", &v[0]) == 1);
		CHECK(v[0] == -225.0 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(sscanf(".5", "%lf", &v[0]) == 1);
		CHECK(v[0] == 0.5 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(sscanf("3.", "%lf", &v[0]) == 1);
		CHECK(v[0] == 3.0 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(sscanf("1e3", "%lf", &v[0]) == 1);
		CHECK(v[0] == 1000.0 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(sscanf("0x1.8p1", "%lf", &v[0]) == 1);
		CHECK(v[0] == 3.0 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(sscanf("inf", "%lf", &v[0]) == 1);
		CHECK(v[0] == HUGE_VAL && v[1] == 9);
	}
	{
		int v = 3;
		CHECK(sscanf("", "%d", &v) == -1);
		CHECK(v == 3);
	}
	{
		int v = 3;
		CHECK(sscanf("x", "%d", &v) == 0);
		CHECK(v == 3);
	}
	{
		int a = 0, b = 0;
		CHECK(sscanf("1,2", "%d,%d", &a, &b) == 2);
		CHECK(a == 1 && b == 2);
	}
	{
		int a = 0, b = 9;
		CHECK(sscanf("1;2", "%d,%d", &a, &b) == 1);
		CHECK(a == 1 && b == 9);
	}
	{
		int a = 0, b = 0;
		CHECK(sscanf("1 2", "%*d %d", &a) == 1);
		CHECK(a == 2 && b == 0);
	}
	{
		int a = 0, n = 0;
		CHECK(sscanf("12 34", "%d%n", &a, &n) == 1);
		CHECK(a == 12 && n == 2);
	}
	{
		int a = 0;
		CHECK(sscanf("100%5", "100%%%d", &a) == 1);
		CHECK(a == 5);
	}
	{
		void *v = 0;
		CHECK(sscanf("1234", "%p", &v) == 1);
		CHECK(v == (void *)0x1234);
	}
	{
		unsigned int a = 0, b = 0;
		CHECK(sscanf("VID_0781&PID_5567", "VID_%4x&PID_%4x", &a, &b) == 2);
		CHECK(a == 0x781 && b == 0x5567);
	}
	{
		int a = 0;
		CHECK(sscanf("COM12", "COM%d", &a) == 1);
		CHECK(a == 12);
	}
	{
		GUID g; unsigned int d[8]; memset(&g, 0, sizeof(g));
		CHECK(sscanf("{53f56307-b6bf-11d0-94f2-00a0c91efb8b}", "{%8lx-%4hx-%4hx-%2x%2x-%2x%2x%2x%2x%2x%2x}", &g.Data1, &g.Data2, &g.Data3, &d[0], &d[1], &d[2], &d[3], &d[4], &d[5], &d[6], &d[7]) == 11);
		CHECK(g.Data1 == 0x53f56307 && g.Data2 == 0xb6bf && g.Data3 == 0x11d0 && d[0] == 0x94 && d[7] == 0x8b && !g.Data4[0]);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"42", L"%lu", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"42", L"%ld", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"42", L"%u", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"42", L"%d", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"-1", L"%ld", &v[0]) == 1);
		CHECK(v[0] == 0xffffffffu && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"4294967295", L"%lu", &v[0]) == 1);
		CHECK(v[0] == 0xffffffffu && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"ff", L"%lx", &v[0]) == 1);
		CHECK(v[0] == 255u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"0xFF", L"%lx", &v[0]) == 1);
		CHECK(v[0] == 255u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"FF", L"%lX", &v[0]) == 1);
		CHECK(v[0] == 255u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"17", L"%lo", &v[0]) == 1);
		CHECK(v[0] == 15u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"0x10", L"%li", &v[0]) == 1);
		CHECK(v[0] == 16u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"010", L"%li", &v[0]) == 1);
		CHECK(v[0] == 8u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"10", L"%li", &v[0]) == 1);
		CHECK(v[0] == 10u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"  7", L"%lu", &v[0]) == 1);
		CHECK(v[0] == 7u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"12345", L"%3lu", &v[0]) == 1);
		CHECK(v[0] == 123u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"+5", L"%ld", &v[0]) == 1);
		CHECK(v[0] == 5u && v[1] == 0xdeadbeef);
	}
	{
		DWORD v[2] = {0, 0xdeadbeef};
		CHECK(swscanf(L"42", L"%I32u", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 0xdeadbeef);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(swscanf(L"42", L"%llu", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(swscanf(L"42", L"%I64u", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(swscanf(L"18446744073709551615", L"%llu", &v[0]) == 1);
		CHECK(v[0] == ~0ull && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(swscanf(L"-1", L"%lld", &v[0]) == 1);
		CHECK(v[0] == ~0ull && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(swscanf(L"123456789abcdef0", L"%I64x", &v[0]) == 1);
		CHECK(v[0] == 0x123456789abcdef0ull && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(swscanf(L"42", L"%zu", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(swscanf(L"42", L"%Iu", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 99);
	}
	{
		ULONGLONG v[2] = {0, 99};
		CHECK(swscanf(L"42", L"%ju", &v[0]) == 1);
		CHECK(v[0] == 42u && v[1] == 99);
	}
	{
		WORD v[2] = {0, 77};
		CHECK(swscanf(L"65535", L"%hu", &v[0]) == 1);
		CHECK(v[0] == 65535 && v[1] == 77);
	}
	{
		WORD v[2] = {0, 77};
		CHECK(swscanf(L"-1", L"%hd", &v[0]) == 1);
		CHECK(v[0] == 65535 && v[1] == 77);
	}
	{
		BYTE v[2] = {0, 77};
		CHECK(swscanf(L"200", L"%hhu", &v[0]) == 1);
		CHECK(v[0] == 200 && v[1] == 77);
	}
	{
		float v[2] = {0, 9};
		CHECK(swscanf(L"1.5", L"%f", &v[0]) == 1);
		CHECK(v[0] == 1.5f && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(swscanf(L"1.5", L"%lf", &v[0]) == 1);
		CHECK(v[0] == 1.5 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(swscanf(L"-2.25e2", L"%lf", &v[0]) == 1);
		CHECK(v[0] == -225.0 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(swscanf(L".5", L"%lf", &v[0]) == 1);
		CHECK(v[0] == 0.5 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(swscanf(L"3.", L"%lf", &v[0]) == 1);
		CHECK(v[0] == 3.0 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(swscanf(L"1e3", L"%lf", &v[0]) == 1);
		CHECK(v[0] == 1000.0 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(swscanf(L"0x1.8p1", L"%lf", &v[0]) == 1);
		CHECK(v[0] == 3.0 && v[1] == 9);
	}
	{
		double v[2] = {0, 9};
		CHECK(swscanf(L"inf", L"%lf", &v[0]) == 1);
		CHECK(v[0] == HUGE_VAL && v[1] == 9);
	}
	{
		int v = 3;
		CHECK(swscanf(L"", L"%d", &v) == -1);
		CHECK(v == 3);
	}
	{
		int v = 3;
		CHECK(swscanf(L"x", L"%d", &v) == 0);
		CHECK(v == 3);
	}
	{
		int a = 0, b = 0;
		CHECK(swscanf(L"1,2", L"%d,%d", &a, &b) == 2);
		CHECK(a == 1 && b == 2);
	}
	{
		int a = 0, b = 9;
		CHECK(swscanf(L"1;2", L"%d,%d", &a, &b) == 1);
		CHECK(a == 1 && b == 9);
	}
	{
		int a = 0, b = 0;
		CHECK(swscanf(L"1 2", L"%*d %d", &a) == 1);
		CHECK(a == 2 && b == 0);
	}
	{
		int a = 0, n = 0;
		CHECK(swscanf(L"12 34", L"%d%n", &a, &n) == 1);
		CHECK(a == 12 && n == 2);
	}
	{
		int a = 0;
		CHECK(swscanf(L"100%5", L"100%%%d", &a) == 1);
		CHECK(a == 5);
	}
	{
		void *v = 0;
		CHECK(swscanf(L"1234", L"%p", &v) == 1);
		CHECK(v == (void *)0x1234);
	}
	{
		unsigned int a = 0, b = 0;
		CHECK(swscanf(L"VID_0781&PID_5567", L"VID_%4x&PID_%4x", &a, &b) == 2);
		CHECK(a == 0x781 && b == 0x5567);
	}
	{
		int a = 0;
		CHECK(swscanf(L"COM12", L"COM%d", &a) == 1);
		CHECK(a == 12);
	}
	{
		GUID g; unsigned int d[8]; memset(&g, 0, sizeof(g));
		CHECK(swscanf(L"{53f56307-b6bf-11d0-94f2-00a0c91efb8b}", L"{%8lx-%4hx-%4hx-%2x%2x-%2x%2x%2x%2x%2x%2x}", &g.Data1, &g.Data2, &g.Data3, &d[0], &d[1], &d[2], &d[3], &d[4], &d[5], &d[6], &d[7]) == 11);
		CHECK(g.Data1 == 0x53f56307 && g.Data2 == 0xb6bf && g.Data3 == 0x11d0 && d[0] == 0x94 && d[7] == 0x8b && !g.Data4[0]);
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("ab cd", "%s", v) == 1);
		CHECK(!strcmp(v, "ab"));
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("ab cd", "%3s", v) == 1);
		CHECK(!strcmp(v, "ab"));
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("abcdef", "%3s", v) == 1);
		CHECK(!strcmp(v, "abc"));
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("ab", "%hs", v) == 1);
		CHECK(!strcmp(v, "ab"));
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(sscanf("ab cd", "%ls", v) == 1);
		CHECK(!wcscmp(v, L"ab"));
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(sscanf("ab", "%S", v) == 1);
		CHECK(!wcscmp(v, L"ab"));
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(sscanf("\xc3\xbc", "%ls", v) == 1);
		CHECK(!wcscmp(v, L"\u00fc"));
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("a b", "%c", v) == 1);
		CHECK(v[0] == 'a' && v[1] == 'z');
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("a b", "%3c", v) == 1);
		CHECK(!memcmp(v, "a bz", 4));
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(sscanf("ab", "%lc", v) == 1);
		CHECK(v[0] == L'a' && v[1] == L'z');
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(sscanf("ab", "%C", v) == 1);
		CHECK(v[0] == L'a' && v[1] == L'z');
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("abc123", "%[a-z]", v) == 1);
		CHECK(!strcmp(v, "abc"));
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("abc]x", "%[]abc]", v) == 1);
		CHECK(!strcmp(v, "abc]"));
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("key=x", "%[^=]", v) == 1);
		CHECK(!strcmp(v, "key"));
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(sscanf("123", "%[a-z]", v) == 0);
		CHECK(v[0] == 'z');
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(sscanf("abc1", "%l[a-z]", v) == 1);
		CHECK(!wcscmp(v, L"abc"));
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(swscanf(L"ab cd", L"%s", v) == 1);
		CHECK(!wcscmp(v, L"ab"));
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(swscanf(L"ab cd", L"%ls", v) == 1);
		CHECK(!wcscmp(v, L"ab"));
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(swscanf(L"ab cd", L"%S", v) == 1);
		CHECK(!strcmp(v, "ab"));
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(swscanf(L"ab cd", L"%hs", v) == 1);
		CHECK(!strcmp(v, "ab"));
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(swscanf(L"abcdef", L"%3s", v) == 1);
		CHECK(!wcscmp(v, L"abc"));
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(swscanf(L"abc1", L"%[a-z]", v) == 1);
		CHECK(!wcscmp(v, L"abc"));
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(swscanf(L"ab", L"%c", v) == 1);
		CHECK(v[0] == L'a' && v[1] == L'z');
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(swscanf(L"ab", L"%hc", v) == 1);
		CHECK(v[0] == 'a' && v[1] == 'z');
	}
	{
		wchar_t v[8] = L"zzzzzzz";
		CHECK(swscanf(L"\u20acx", L"\u20ac%s", v) == 1);
		CHECK(!wcscmp(v, L"x"));
	}
	{
		char v[8] = "zzzzzzz";
		CHECK(swscanf(L"\u20ac\u20ac", L"%3hs", v) == 1);
		CHECK(strlen(v) <= 3);
	}
}
/* clang-format on */

static void secure(void)
{
	char narrow[4] = "zzz";
	wchar_t wide[4] = L"zzz";
	int number = 0;

	CHECK(sscanf_s("abc 5", "%s %d", narrow, 4, &number) == 2 && number == 5);
	CHECK(!strcmp(narrow, "abc"));
	CHECK(sscanf_s("abcd 6", "%s %d", narrow, 4, &number) == 0 && number == 5 && !narrow[0]);
	CHECK(swscanf_s(L"abc 7", L"%ls %d", wide, 4, &number) == 2 && number == 7);
	CHECK(sscanf_s("x", "%c", narrow, 1) == 1 && narrow[0] == 'x');
	CHECK(swscanf_s(L"abcd", L"%ls", wide, 4) == 0 && !wide[0]);
}

static void streams(void)
{
	FILE *file = tmpfile();
	DWORD value = 0;
	wchar_t text[16];

	fwprintf(file, L"%lu \xd83d\xde00\u00fc\n%ls\n", (DWORD)17, L"second");
	rewind(file);
	CHECK(fscanf(file, "%lu", &value) == 1 && value == 17);
	CHECK(fgetwc(file) == L' ' && fgetwc(file) == 0xd83d && fgetwc(file) == 0xde00);
	CHECK(ungetwc(0xde00, file) == 0xde00 && fgetwc(file) == 0xde00);
	CHECK(fgetws(text, 16, file) == text && !wcscmp(text, L"\u00fc\n"));
	CHECK(fwscanf(file, L"%15ls", text) == 1 && !wcscmp(text, L"second"));
	CHECK(fgetwc(file) == L'\n' && fgetwc(file) == WEOF && !fgetws(text, 16, file));
	fclose(file);
}

int main(void)
{
	table();
	secure();
	streams();
	return failures;
}
