package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"bangfu/api/auth"
	"bangfu/models"
)

// exported reads the rows below the header of an export.
func exported(t *testing.T, got answer) (mark string, rows [][]string) {
	t.Helper()
	require.Equal(t, http.StatusOK, got.status, got.body)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(got.body)))
	require.NoError(t, err)
	lines, err := book.GetRows("Sheet1")
	require.NoError(t, err)
	for row := range lines {
		for column := range lines[row] {
			cell, err := excelize.CoordinatesToCellName(column+1, row+1)
			require.NoError(t, err)
			formula, err := book.GetCellFormula("Sheet1", cell)
			require.NoError(t, err)
			require.Empty(t, formula, "no cell computes anything")
		}
	}
	return lines[0][0], lines[2:]
}

func TestAnExportHoldsTheRowsOfTheListInItsOrderAndNobodyElses(t *testing.T) {
	w := newWalk(t)
	v := w.walkers[auth.RoleOrganization]
	query := url.Values{"plan": {string(walkPlan)}}
	var listed struct {
		Items []struct {
			Cadre struct{ ID models.CadreID } `json:"cadre"`
		} `json:"items"`
	}
	got := v.get(Prefix + "/obligations?" + query.Encode())
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.NoError(t, json.Unmarshal([]byte(got.body), &listed))
	require.NotEmpty(t, listed.Items)
	mark, rows := exported(t, v.get(Prefix+"/obligations/export?"+query.Encode()))
	require.Contains(t, mark, "导出")
	require.Len(t, rows, len(listed.Items))
	for i, row := range rows {
		require.Equal(t, string(listed.Items[i].Cadre.ID), row[1])
	}
	log := w.walkers[auth.RoleAuditor].get(Prefix + "/access-log?action=export-obligations")
	require.True(t, strings.Contains(log.body, "export-obligations"), log.body)
}
